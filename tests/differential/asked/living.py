"""What is found while objects come and go (pages/living.py), and names seldom asked for (pages/details.py)."""

from __future__ import annotations

from urllib.parse import quote

from tests.differential.asked.ask import FORM, ask, field, get, multipart, needing, post
from tests.differential.pages.details import ENTITY, TOLD

WALKED = """
    child/page put?name=a child/page child/page put?name=b child/page child/ drop child/page
    made/page made/page made/page/x popped/page popped/page popped/page/x
    later/page put_late?name=a later/page later/page put_late?name=b later/page
    shown shown show?so=no shown show?so=yes shown
    configured replace_section?value=x configured replace_section?value=y configured
"""
CHANGED = {f"{number}: {path}": get(f"/living/{path}") for number, path in enumerate(WALKED.split())} | {
    "before mount": get("/mounted/late/page"),
    "mount": get("/living/mount"),
    "after mount": get("/mounted/late/page"),
    "unmount": get("/living/unmount"),
    "after unmount": get("/mounted/late/page"),
}

DISPATCHED = needing(
    "dispatch.MethodDispatcher",
    {
        "find_handler": get("/dispatched/finding/another/x"),
        "config": get("/dispatched/setting/"),
        "hooks": get("/dispatched/hooking/page"),
        "handler": get("/dispatched/wrapping/"),
        "handler, missing": get("/dispatched/wrapping/nowhere"),
        "method": ask(
            "POST", "/dispatched/overriding/x", "X-HTTP-Method-Override: PUT", f"Content-Type: {FORM}", body="a=1"
        ),
    },
)

UPLOAD = field("file", "some\ntext", 'filename="a.txt"', "Content-Type: text/plain; charset=utf-8")
DETAILS = (
    {
        name: get(f"/details/told?name={quote(name)}", "Cookie: a=1; b=x", "Accept-Language: de;q=0.5, en")
        for name in TOLD
    }
    | {f"body {name}": post(f"/details/body?name={quote(name)}", "some\ntext", "text/plain") for name in ENTITY}
    | {f"upload {name}": multipart(f"/details/upload?name={quote(name)}", UPLOAD) for name in ENTITY}
)
READ = needing("Tool._setup", {"tool that attaches itself": get("/read/")})

ASKED = (
    {f"living {name}": asked for name, asked in CHANGED.items()}
    | {f"own dispatcher: {name}": asked for name, asked in DISPATCHED.items()}
    | {f"detail: {name}": asked for name, asked in DETAILS.items()}
    | READ
)
