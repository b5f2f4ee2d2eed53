"""How the page for developers looks, in the colours of all error pages, and what its one button does."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Final

PALETTE: Final = """\
:root{color-scheme:light dark;--paper:#fff;--ink:#1c1c21;--soft:#686873;--line:#e6e6ea;--accent:#a6183c}
@media(prefers-color-scheme:dark){:root{--paper:#17171b;--ink:#ececf0;--soft:#9c9ca8;--line:#303038;--accent:#ff7d98}}
"""
"""The five colours of every error page (errorpage.py)."""

STYLE: Final = (
    PALETTE
    + """\
:root{--wash:#f7f7f9;--tint:#fdeff2;--mark:#fad3db;--word:#5b3a9e;--text:#1f6b3a;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
@media(prefers-color-scheme:dark){:root{--wash:#1e1e23;--tint:#331a22;--mark:#74283c;--word:#c0a6ff;--text:#8fd3a4}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 var(--sans)}
main{max-width:64rem;margin:0 auto;padding:clamp(1.5rem,5vw,3.5rem) clamp(1rem,4vw,2rem) 3rem}
h1,h2,h3,p,dl,dd,ol,ul,pre,table{margin:0;padding:0}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
code,pre,textarea,td,.file{font-family:var(--mono)}

.request{color:var(--soft);font:.875rem/1.5 var(--mono);overflow-wrap:anywhere}
.request b{color:var(--ink);font-weight:600}
h1{margin:1.25rem 0 .5rem;color:var(--accent);font-size:1rem;font-weight:650;line-height:1.4}
h1 .module,h2 .module{color:var(--soft);font-weight:400}
.message{font-size:clamp(1.375rem,3.6vw,2rem);font-weight:600;line-height:1.25;letter-spacing:-.015em;
white-space:pre-wrap;overflow-wrap:anywhere}
.message.long{font-size:1.125rem;font-weight:500;line-height:1.45;letter-spacing:0}
.message.very.long{font:.875rem/1.55 var(--mono);max-height:20rem;overflow:auto}
.hint{margin-top:.75rem;font-size:1.0625rem}
.notes{margin-top:.75rem;padding-left:1rem;border-left:3px solid var(--line);list-style:none;white-space:pre-wrap;
overflow-wrap:anywhere}
.chain{margin-top:1rem;list-style:none;color:var(--soft)}
.chain li{padding-left:1.25rem;text-indent:-1.25rem;overflow-wrap:anywhere}
.chain li::before{content:"\\2192\\00a0\\00a0"}
.summary{display:flex;flex-wrap:wrap;gap:.5rem 2.25rem;margin-top:1.5rem;font-size:.875rem}
.summary dt{color:var(--soft)}
.summary dd{font-family:var(--mono);overflow-wrap:anywhere}
button{float:right;margin:-.375rem 0 0 1rem;padding:.375rem .875rem;border:1px solid var(--line);border-radius:.5rem;
background:var(--wash);color:inherit;font:inherit;font-size:.875rem;cursor:pointer}
button:hover{border-color:var(--soft)}

h2{margin:3rem 0 1rem;padding-top:1.5rem;border-top:1px solid var(--line);font-size:1.125rem;font-weight:650;
overflow-wrap:anywhere}
h2 .type{color:var(--accent);font-size:1rem}
h2 .message{display:block;margin-top:.25rem;font-size:1.25rem}
h2 .why{display:block;margin-bottom:.25rem;color:var(--soft);font-size:.875rem;font-weight:400}
.first h2{margin-top:2rem}
.member{margin-top:1.5rem;padding-left:clamp(.75rem,3vw,1.5rem);border-left:3px solid var(--line)}
.member h2{margin-top:1.5rem;padding-top:0;border:0}

summary{cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
summary::before{content:"";display:inline-block;width:.4rem;height:.4rem;margin:0 .625rem .125rem .125rem;
border:solid var(--soft);border-width:0 1.5px 1.5px 0;transform:rotate(-45deg)}
details[open]>summary::before{transform:rotate(45deg);margin-bottom:.25rem}
h3{display:inline;font-size:.9375rem;font-weight:400;overflow-wrap:anywhere}
h3 .file{font-size:.875rem;font-weight:600}
h3 .soft,.soft{color:var(--soft)}

.frame{margin-bottom:.875rem;border:1px solid var(--line);border-radius:.625rem;overflow:hidden}
.frame>summary{padding:.5625rem 1rem;background:var(--wash)}
.others{margin-bottom:.875rem}
.others>summary,.gap{padding:.1875rem 1rem;color:var(--soft);font-size:.875rem}
.gap{margin-bottom:.875rem;padding-left:2.0625rem}
.others[open]>summary{margin-bottom:.5rem}
.others>.frame{margin-left:1rem}
.source{padding:.625rem 0;border-top:1px solid var(--line);overflow-x:auto;font:.8125rem/1.6 var(--mono);tab-size:4}
.source>span{display:block;width:max-content;min-width:100%;padding-right:1rem}
.source>span::before{content:attr(data-line);display:inline-block;width:3.75rem;padding-right:1rem;margin-right:.75rem;
text-align:right;color:var(--soft);position:sticky;left:0;background:var(--paper)}
.source>.hit,.source>.hit::before{background:var(--tint)}
.source>.hit{box-shadow:inset 3px 0 var(--accent)}
.source>.hit::before{color:var(--accent);font-weight:700;box-shadow:inset 3px 0 var(--accent)}
mark{border-bottom:2px solid var(--accent);background:var(--mark);color:inherit}
.keyword{color:var(--word)}
.string{color:var(--text)}
.comment{color:var(--soft);font-style:italic}

.variables{border-top:1px solid var(--line)}
.variables>summary,.facts>summary{padding:.4375rem 1rem;color:var(--soft);font-size:.875rem}
table{width:100%;border-collapse:collapse;font-size:.8125rem;line-height:1.55}
th,td{padding:.3125rem 1rem;border-top:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{width:11rem;font-family:var(--mono);font-weight:400;color:var(--soft)}
td small{display:block;color:var(--soft);font:.75rem/1.5 var(--sans)}
.variables table{padding-bottom:.25rem}
.known{border:1px solid var(--line);border-radius:.625rem;overflow:hidden}
.facts+.facts{border-top:1px solid var(--line)}
.facts>summary{padding:.5625rem 1rem;background:var(--wash);color:var(--ink);font-size:.9375rem}
textarea{display:block;width:100%;height:22rem;padding:.75rem 1rem;border:0;border-top:1px solid var(--line);
background:var(--paper);color:var(--ink);font:.8125rem/1.55 var(--mono);resize:vertical}
footer p{margin-top:.25rem}
.facts th{width:16rem}
footer{margin-top:2.5rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.8125rem;color:var(--soft)}
@media(max-width:40rem){th,td{display:block;width:auto;padding:.3125rem .875rem}td{padding-top:0;border-top:0}
.source{font-size:.75rem}
.source>span{width:auto;padding-left:3rem;text-indent:-3rem;white-space:pre-wrap;
overflow-wrap:anywhere}.source>span::before{width:2.5rem;padding-right:.5rem;margin-right:.5rem;text-indent:0}
.others>.frame{margin-left:0}}
@media print{details:not([open])>*{display:block}button{display:none}}"""
)

SCRIPT: Final = """\
(function(){
var button=document.getElementById("copy"),area=document.getElementById("text");
function said(){button.textContent="Copied"}
function select(){area.closest("details").open=true;area.focus();area.select();if(document.execCommand("copy"))said()}
button.hidden=false;
button.addEventListener("click",function(){
if(navigator.clipboard)navigator.clipboard.writeText(area.value).then(said,select);else select()});
})();"""
"""Copies the text that stands at the end of the page anyway; without scripts the button stays hidden."""


def _source(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


POLICY: Final = (
    f"default-src 'none'; style-src {_source(STYLE)}; script-src {_source(SCRIPT)}; "
    f"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may do: look like this, copy, and nothing else, least of all load anything."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""To be sent with the page, instead of what the application says in them."""
