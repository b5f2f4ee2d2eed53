"""Parameters: query strings, how they fit a page, forms of both kinds, and bodies that the page reads."""

from __future__ import annotations

from tests.differential.asked.ask import FORM, MULTIPART, ask, each, field, get, gets, multipart, post

QUERIES = each(
    "query",
    "/sent/params",
    """
    ?a=1 ?a ?a= ?=x ?= ?& ?&&a=1& ?a=1&a=2 ?a=1&a=2&a=3 ?a=1&a= ?a=1;b=2 ?a=%20+%2B ?a=%C3%BC ?%C3%BC=1 ?a=%ff
    ?%ff=a ?a=%zz ?a=%4 ?a=% ?a[]=1&a[]=2 ?a.b=1 ?a==b ?a=b=c ?5,6 ?5,6&a=1 ?5, ?self=1 ?args=1&kwargs=2 ?a=%00
    ?a=%0D%0A ??a=1 ?a=/?b ?a=%F0%9F%8D%92 ?cls=1&request=2&path=3 ?A=1&a=2 ?a+b=1 ?a=1#b
""",
) | gets("query", "/sent/latin?a=%FC", "/sent/latin?a=%C3%BC")

FITTING = each(
    "fit",
    "/signatures/",
    """
    none none?a=1 none/x need need?a=1 need/1 need/1?a=2 need?b=1 need?a=1&b=2 need/1/2 two?a=1 two/1/2 two/1?b=3
    two/1?c=3 two?b=1 two/1/2/3 many many/1/2?a=b named?a=1 named/1 only only?key=1 only?key=1&other=2
    only?other=2 only/1 only?key=1&x=2 first/1 first first?a=1 first/1?b=2 typed?a=1 typed/1?b=x wrapped?a=1
    wrapped/1 wrapped wrapped?b=1 wrong wrong?a=1 wrong?b=1 calls plain/1 plain plain/1?b=2 plain?a=1&b=2
    plain?c=1 need?self=1 none?self=1 named?self=1
""",
) | {
    "fit by form: unknown": post("/signatures/two", "a=1&zz=1"),
    "fit by form: twice": post("/signatures/two/1", "a=1"),
    "fit by form: missing": post("/signatures/two", "b=1"),
    "fit by form: unknown in both": post("/signatures/two?yy=2", "a=1&zz=1"),
    "fit by form: good": post("/signatures/two", "a=1&b=2"),
    "fit by form: half in the query": post("/signatures/two?a=1", "b=2"),
    "fit by form: keyword only": post("/signatures/only", "key=1"),
    "fit by form: missing keyword only": post("/signatures/only", "other=1"),
}

FORMS = {
    "plain": post("/sent/params", "a=1&b=2"),
    "empty": post("/sent/params", ""),
    "blanks": post("/sent/params", "a=&b&=c&"),
    "repeated": post("/sent/params", "a=1&a=2&a=3"),
    "semicolon": post("/sent/params", "a=1;b=2"),
    "escapes": post("/sent/params", "a=%20+%2B%C3%BC&%C3%BC=x"),
    "bad escape": post("/sent/params", "a=%zz&b=%4"),
    "raw UTF-8": post("/sent/params", "a=ü"),
    "not UTF-8": post("/sent/params", b"a=%ff"),
    "raw bytes": post("/sent/params", b"a=\xff"),
    "latin charset": post("/sent/params", b"a=%FC&b=\xfc", f"{FORM}; charset=iso-8859-1"),
    "wrong charset": post("/sent/params", b"a=%FC", f"{FORM}; charset=utf-8"),
    "unknown charset": post("/sent/params", b"a=1", f"{FORM}; charset=nonsense"),
    "configured charset": post("/sent/latin", b"a=%FC"),
    "capital type": post("/sent/params", "a=1", "Application/X-WWW-Form-Urlencoded"),
    "beside the query": post("/sent/params?b=2", "a=1"),
    "one name in both": post("/sent/params?a=q", "a=f"),
    "list in both": post("/sent/params?a=q", "a=1&a=2"),
    "two lists": post("/sent/params?a=1&a=2", "a=3&a=4"),
    "popped and sent": post("/popping/year/2007", "year=2008"),
    "names": post("/sent/names?q=1", "a=1"),
    "facts": post("/sent/facts", "a=1", f"{FORM}; charset=utf-8; x=y"),
    "by PUT": ask("PUT", "/sent/params", f"Content-Type: {FORM}", body="a=1"),
    "by PATCH": ask("PATCH", "/sent/params", f"Content-Type: {FORM}", body="a=1"),
    "by DELETE": ask("DELETE", "/sent/params", f"Content-Type: {FORM}", body="a=1"),
    "by GET": ask("GET", "/sent/params", f"Content-Type: {FORM}", body="a=1"),
    "by DELETE, configured": ask("DELETE", "/sent/with_delete", f"Content-Type: {FORM}", body="a=1"),
    "DELETE without a body, configured": ask("DELETE", "/sent/with_delete"),
    "no length": ask("POST", "/sent/params", f"Content-Type: {FORM}"),
    "no length, nothing read": ask("POST", "/sent/unread"),
    "no length by PUT": ask("PUT", "/sent/unread"),
    "chunked": ask(
        "POST",
        "/sent/params",
        f"Content-Type: {FORM}",
        "Transfer-Encoding: chunked",
        body="2\r\na=\r\n1\r\n1\r\n0\r\n\r\n",
    ),
    "small enough": post("/sent/small", "a=1"),
    "too large for the page": post("/sent/small", "a=" + "1" * 50),
    "too large, of another type": post("/sent/small", "a=" + "1" * 50, "text/plain"),
    "large": post("/sent/names", "a=" + "1" * 200_000),
    "unprocessed": post("/sent/raw?q=1", "a=1"),
    "many fields": post("/sent/names", "&".join(f"f{number}=1" for number in range(300))),
}

BODIES = {
    "text": post("/sent/read", "text ü", "text/plain"),
    "json": post("/sent/read", '{"a": 1}', "application/json"),
    "no type": post("/sent/read", "no type", ""),
    "unknown type": post("/sent/read", "x", "x/y"),
    "form read again": post("/sent/read", "a=1", FORM),
    "read in pieces": post("/sent/some", "0123456789", "text/plain"),
    "lines": post("/sent/lines", "one\ntwo three\nfour\r\nfive", "text/plain"),
    "each line": post("/sent/each_line", "one\n\ntwo", "text/plain"),
    "into a file": post("/sent/into", "into a file", "text/plain"),
    "left unread": post("/sent/unread", "x" * 1000, "text/plain"),
    "much left unread": post("/sent/unread", "x" * 150_000, "text/plain"),
    "much read": post("/sent/read", "x" * 150_000, "text/plain"),
    "empty": post("/sent/read", "", "text/plain"),
    "facts": post("/sent/facts", "x", 'text/plain; charset="utf-8"; a=b'),
    "facts without a type": post("/sent/facts", "x", ""),
    "of a GET": ask("GET", "/sent/read", body="of a GET"),
    "of a GET without one": get("/sent/read"),
    "of a DELETE": ask("DELETE", "/sent/read", body="of a DELETE"),
    "chunked": ask(
        "POST", "/sent/read", "Content-Type: a/b", "Transfer-Encoding: chunked", body="3\r\nabc\r\n0\r\n\r\n"
    ),
    "chunked lines": ask(
        "POST", "/sent/lines", "Content-Type: a/b", "Transfer-Encoding: chunked", body="3\r\na\nb\r\n0\r\n\r\n"
    ),
    "bad type": post("/sent/read", "x", "nonsense"),
    "form without a body for GET": get("/sent/params?a=1", f"Content-Type: {FORM}"),
}

FILE = ('filename="a.txt"', "Content-Type: text/plain")
UPLOADS = {
    "fields": multipart("/sent/params", field("a", "1"), field("b", "ü")),
    "file": multipart("/sent/params", field("file", "content\r\nof it", *FILE)),
    "file and field": multipart("/sent/upload", field("file", "x" * 5000, *FILE), field("note", "kept")),
    "full value": multipart("/sent/value", field("file", "schön", *FILE)),
    "full value in latin": multipart(
        "/sent/value",
        field("file", "", 'filename="a"', "Content-Type: text/plain; charset=iso-8859-1").encode() + b"sch\xf6n",
    ),
    "file that is not text": multipart("/sent/value", field("file", "", *FILE).encode() + b"\xff"),
    "no file chosen": multipart(
        "/sent/params", field("file", "", 'filename=""', "Content-Type: application/octet-stream")
    ),
    "no file chosen, asked": multipart("/sent/is_given", field("file", "", 'filename=""')),
    "empty file": multipart("/sent/params", field("file", "", *FILE)),
    "big file": multipart("/sent/upload", field("file", "0123456789" * 40_000, *FILE)),
    "big field": multipart("/sent/names", field("a", "0123456789" * 400)),
    "repeated": multipart("/sent/params", field("a", "1"), field("a", "2"), field("a", "3", *FILE)),
    "beside the query": multipart("/sent/params?a=0&q=1", field("a", "1")),
    "extended name": multipart("/sent/params", field("file", "x", "filename*=UTF-8''sch%C3%B6n.txt")),
    "both names": multipart("/sent/params", field("file", "x", 'filename="a"', "filename*=UTF-8''b")),
    "UTF-8 name": multipart("/sent/params", field("file", "x", 'filename="schön.txt"')),
    "quote in the name": multipart("/sent/params", field("file", "x", 'filename="a\\"b.txt"')),
    "escaped quote in the name": multipart("/sent/params", field("file", "x", 'filename="a%22b.txt"')),
    "path in the name": multipart("/sent/params", field("file", "x", 'filename="C:\\dir\\a.txt"')),
    "unquoted name": multipart("/sent/params", "Content-Disposition: form-data; name=a\r\n\r\n1"),
    "type of a field": multipart("/sent/params", field("a", "1", "Content-Type: application/json")),
    "charset of a field": multipart(
        "/sent/params", field("a", "", "Content-Type: text/plain; charset=iso-8859-1").encode() + b"\xfc"
    ),
    "field that is not UTF-8": multipart("/sent/params", field("a", "").encode() + b"\xff"),
    "headers of a part": multipart("/sent/part_headers", field("file", "x", *FILE, "X-Part: yes")),
    "part without a name": multipart("/sent/parts", "Content-Type: text/x-own\r\n\r\nnameless"),
    "part without a disposition": multipart("/sent/params", "X-Part: yes\r\n\r\nnameless", field("a", "1")),
    "no parts": multipart("/sent/params"),
    "text before": post(
        "/sent/params", f"preamble\r\n--x-boundary\r\n{field('a', '1')}\r\n--x-boundary--\r\n", MULTIPART
    ),
    "text behind": multipart("/sent/params", field("a", "1"), end="--x-boundary--\r\nepilogue\r\n"),
    "no last line break": multipart("/sent/params", field("a", "1"), end="--x-boundary--"),
    "no end": multipart("/sent/params", field("a", "1"), end=""),
    "no boundary": multipart("/sent/params", field("a", "1"), kind="multipart/form-data"),
    "another boundary": multipart("/sent/params", field("a", "1"), kind="multipart/form-data; boundary=other"),
    "quoted boundary": multipart("/sent/params", field("a", "1"), kind='multipart/form-data; boundary="x-boundary"'),
    "bad boundary": multipart("/sent/params", field("a", "1"), kind='multipart/form-data; boundary="\u00fc "'),
    "boundary inside": multipart("/sent/params", field("a", "x --x-boundary y\r\n -x-boundary")),
    "line feeds only": post(
        "/sent/params", '--x-boundary\nContent-Disposition: form-data; name="a"\n\n1\n--x-boundary--\n', MULTIPART
    ),
    "bad part header": multipart("/sent/params", "nonsense\r\n\r\n1"),
    "cut in a header": post("/sent/params", "--x-boundary\r\nContent-Dispo", MULTIPART),
    "empty body": post("/sent/params", "", MULTIPART),
    "empty value": multipart("/sent/params", field("a", "")),
    "capital type": multipart("/sent/params", field("a", "1"), kind="Multipart/Form-Data; boundary=x-boundary"),
    "mixed": multipart(
        "/sent/parts", "Content-Type: text/plain\r\n\r\none", kind="multipart/mixed; boundary=x-boundary"
    ),
    "related, with names": multipart("/sent/params", field("a", "1"), kind="multipart/related; boundary=x-boundary"),
    "too large for the page": multipart("/sent/small", field("a", "1" * 100)),
    "unexpected field": multipart("/signatures/two", field("a", "1"), field("zz", "1")),
    "line breaks in a value": multipart("/sent/params", field("a", "one\r\ntwo\nthree\rfour\r\n")),
}

ASKED = (
    QUERIES
    | FITTING
    | {f"form: {name}": asked for name, asked in FORMS.items()}
    | {f"body: {name}": asked for name, asked in BODIES.items()}
    | {f"multipart: {name}": asked for name, asked in UPLOADS.items()}
)
