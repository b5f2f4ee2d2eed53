"""Paths: what is exposed, what takes the rest, who pops segments; and odd spellings of paths."""

from __future__ import annotations

from tests.differential.asked.ask import each, get, gets, head, post, raw

EXPOSED = each(
    "exposed",
    "/walk/ways/",
    """
    plain called aliased alias twice first second.xml second_xml keyword named attribute hidden _underscored
    static static?a=1 of_class of_class/x made/1 callable callable/a?b=c falsy mute as_class as_class/1 function
    function/1/2 function/1/2/3 module module/ module/page module/page/1 text part part/x plain/x plain/
    Von%20B%C3%BClow %C3%BCber 2024 2024/05 file.txt file_txt file-txt a-b.c a_b_c/d a:b@c PLAIN
""",
) | gets("exposed", "/walk/ways", "/walk/ways/")

REST = each(
    "rest",
    "/walk/rest",
    """
    / /?x=1 /index /index/ /index/x /sub /sub/ /sub/index /sub/leaf /sub//leaf /sub/leaf/ /sub/leaf/a/b
    /sub/hidden /nope /nope/ /nope/a?b=1 /default /default/x /a%2Fb /a%2fb/c /pos /pos/1 /pos/1/2 /pos/1/2/3
    /pos/1?a=3 /pos?a=1&c=2 /pos?a=1&a=2 /sub?x=1&y=%20 /sub/?x=1 /a%20b /a+b /a%25b /%C3%BC /%FF /%00 /a%0Ab
    /;x=1/y /a;b /~a /a%7Eb /sub/leaf/%E2%82%AC /. /.. /a/../b /a/./b /%2e%2e/x /sub/leaf/..%2fx /a\\b /a:b
    /index.html
""",
) | gets("rest", "/walk/rest")

STEPS = each(
    "steps",
    "/walk",
    """
    /steps /steps/ /steps/inner /steps/inner/ /steps/inner/x /steps/inner/leaf/x /steps/rest/x /steps/page
    /steps/page/ /steps/page/a /steps/page/below /steps/page/below/ /steps/page/below/leaf/x /fixed /fixed/
    /fixed/none /fixed/none/x /fixed/one /fixed/one/1 /fixed/one/1/2 /fixed/x /fixed/x/y /fixed/x/y/z /fixed/x?b=1
    /fixed/x?c=1 /nowhere /nowhere/ /nowhere/at/all /index/x /named /named/nowhere /named/exposed/leaf/x
    /dynamic/a /dynamic/a/b /objects/ /objects /objects/x/y /overriding/ /overriding/leaf /overriding/leaf/x
""",
)

HIDDEN = each(
    "hidden",
    "/walk",
    """
    /__class__ /rest/__class__/x /ways/plain/__self__/called /ways/plain/__func__ /__dict__ /ways/__init__
    /steps/page/__call__ /ways/_cp_config
""",
)

POPPED = each(
    "popped",
    "/popping",
    """
    /one /one/ /one/x /one/x/ /one/x/song /one/x/song/a/b /two/a /two/a/ /two/a/b /two/a/b/song /two/a/b/song/c
    /two/album/ /two/a?artist=b /nothing /nothing/a /nothing/a/b /unpopped/a /unpopped/a/ /unpopped/a/song
    /unpopped/a/song/b /growing/a /growing /replacing/a /replacing/a/b /failing/error /failing/missing
    /failing/redirect /failing/inside /failing/value /failing/ /shown/a /year /year/ /year/2007 /year/2007/
    /year/2007/album/ /year/2007/album/song/x /year/2007/entry /year/2007/entry?slug=a /year/list /year/list/2007
    /year/2007?year=2008 /year/2007/nowhere /month/2007 /month/2007/ /month/2007/05 /month/2007/05/
    /month/2007/05/album/ /month/2007/05/album/song/1 /made /made/ /made/a /made/a/ /made/a/song /made/a/song/b
    /kept/a/ /kept/a/song/b /attribute/k /attribute/k/ /attribute/ /attribute/k/x /year/%C3%BC/ /year/a%2Fb/
    /year/a-b/
""",
)

MOUNTED = gets(
    "mounted",
    "/app",
    "/app/",
    "/app?x=1",
    "/app//",
    "//app/",
    "/apple",
    "/app/index",
    "/app/nowhere",
    "/app/inner",
    "/app/inner/",
    "/app/inner/a/b",
    "/app/innermost",
    "/app/nowhere/at/all",
    "/app/places/nowhere",
    "/grafted",
    "/grafted/page/x",
    "/wrapped/page/x",
    "/module/",
    "/module/page/x",
    "/app/request/script_name",
    "/app/request/path_info",
    "/app/request/path_info/a/b",
    "/app/to?where=/x",
    "/app/to?where=x",
    "/app/to?where=..",
    "/app/inside?where=/",
    "/app/inside?where=/request/path_info",
    "/app/inside?where=/app/",
    "/APP/",
)

ODD = {
    "root": get("/"),
    "root with parameters": get("/?a=1"),
    "favicon": get("/favicon.ico"),
    "empty query mark": get("/?"),
    "two query marks": get("/?a=1?b"),
    "root twice": get("//"),
    "long path": get("/walk/rest/" + "x" * 3000),
    "many segments": get("/walk/rest" + "/x" * 100),
    "absolute target": get("http://site.test/walk/rest/a?b=1"),
    "absolute target of another host": get("http://other.test/told/request/base"),
    "absolute target without a path": get("http://site.test"),
    "fragment": get("/walk/rest/a#part"),
    "bad escape": get("/walk/rest/a%zz"),
    "half an escape": get("/walk/rest/a%4"),
    "raw UTF-8": raw("GET /walk/rest/ü HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n".encode()),
    "no slash": get("walk"),
    "star": get("*"),
    "slash redirect of HEAD": head("/walk/rest/sub"),
    "slash redirect of POST": post("/walk/rest/sub", "a=1"),
    "slash redirect for HTTP/1.0": get("/walk/rest/sub", version="HTTP/1.0"),
    "missing page by HEAD": head("/walk/nowhere"),
    "quotes in a path": get("/walk/nowhere/'\"<b>"),
}

ASKED = EXPOSED | REST | STEPS | HIDDEN | POPPED | MOUNTED | {f"odd: {name}": asked for name, asked in ODD.items()}
