"""The page that asks for user and password: for any width, light or dark, screen readers and password managers."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from kirsch.app.errorpage import escape, hash_source
from kirsch.http.contentpolicy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping


class LoginForm(NamedTuple):
    """What is in the form. action: where it is sent. from_page: where to go then. problem: why it is shown again.

    hidden: more fields, by name.
    """

    action: str
    from_page: str
    username: str = ""
    problem: str = ""
    hidden: Mapping[str, str] = MappingProxyType({})


_STYLE: Final = """\
:root{color-scheme:light dark;--paper:#f6f6f8;--card:#fff;--ink:#1c1c21;--soft:#5d5d68;--line:#c9c9d2;
--accent:#a6183c;--on-accent:#fff;--alarm:#fdecef}
@media(prefers-color-scheme:dark){:root{--paper:#17171b;--card:#202026;--ink:#ececf0;--soft:#a9a9b5;--line:#4a4a55;
--accent:#ff7d98;--on-accent:#1c1c21;--alarm:#43202a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:1.5rem 1rem;
background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{width:100%;max-width:22rem;padding:2rem 1.75rem;background:var(--card);border-radius:.75rem;
box-shadow:0 1px 3px #0002,0 8px 30px #0001}
h1{margin:0 0 1.25rem;font-size:1.625rem;line-height:1.2;letter-spacing:-.01em}
label{display:block;margin:0 0 .3rem;font-size:.9375rem;font-weight:600}
input{display:block;width:100%;margin:0 0 1.1rem;padding:.65rem .75rem;font:inherit;color:inherit;
background:var(--paper);border:1px solid var(--line);border-radius:.45rem}
button{width:100%;margin-top:.4rem;padding:.75rem;font:inherit;font-weight:650;color:var(--on-accent);
background:var(--accent);border:0;border-radius:.45rem;cursor:pointer}
button:hover{filter:brightness(1.08)}
input:focus-visible,button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.problem{margin:0 0 1.25rem;padding:.65rem .8rem;background:var(--alarm);border-left:4px solid var(--accent);
border-radius:.3rem;overflow-wrap:anywhere}"""


def allow_style(policy: str) -> str:
    """A Content-Security-Policy under which the page has its style; the same where it cannot be read."""
    try:
        return str(Policy(policy).with_style(hash_source(_STYLE)))
    except ValueError:
        return policy


def login_page(form: LoginForm) -> bytes:
    """The whole page. Whatever comes in goes out escaped; nothing of it is loaded from anywhere."""
    problem = f'<p class="problem" id="problem" role="alert">{escape(form.problem)}</p>\n' if form.problem else ""
    about = ' aria-describedby="problem" aria-invalid="true"' if form.problem else ""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">\n'
        for name, value in {"from_page": form.from_page, **form.hidden}.items()
    )
    focus = ("", " autofocus") if form.username else (" autofocus", "")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Log in</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
        f"<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<main>\n<h1>Log in</h1>\n{problem}"
        f'<form method="post" action="{escape(form.action)}">\n{hidden}'
        '<label for="username">User name</label>\n'
        f'<input id="username" name="username" value="{escape(form.username)}" required autocomplete="username" '
        f'autocapitalize="none" autocorrect="off" spellcheck="false"{about}{focus[0]}>\n'
        '<label for="password">Password</label>\n'
        '<input id="password" name="password" type="password" required autocomplete="current-password"'
        f"{about}{focus[1]}>\n"
        "<button>Log in</button>\n</form>\n</main>\n</body>\n</html>\n"
    ).encode("utf-8", "replace")
