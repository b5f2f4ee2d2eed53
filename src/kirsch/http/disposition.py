"""Content-Disposition (RFC 6266): whether a file is shown or saved, and by which name."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_PLAIN: Final = re.compile(r"[ !#-$&-\[\]-~]+")
"""What may stand in quotes as it is: no quote, no backslash, and no `%`, which some browsers take for an escape."""

_NOT_PLAIN: Final = re.compile(r'[^ -~]|["\\%]')
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]")
_TO_QUOTE: Final = re.compile(r"[^A-Za-z0-9!#$&+\-.^_`|~]+")
"""All but attr-char (RFC 8187 §3.2.1)."""


def content_disposition(disposition: str, name: str | None = None) -> str:
    """The value of the field. disposition: `attachment`, `inline`. name: of the file; None for none.

    A name beyond ASCII goes twice: in UTF-8 for all of today, and as near to it as ASCII comes for the rest. Of a path
    the last part alone is a name, and control characters are left out.
    """
    name = _CONTROLS.sub("", re.split(r"[/\\]", name or "")[-1])
    if not name:
        return disposition
    if _PLAIN.fullmatch(name):
        return f'{disposition}; filename="{name}"'
    near = unicodedata.normalize("NFKD", name)
    near = _NOT_PLAIN.sub(lambda match: "" if unicodedata.combining(match[0]) else "_", near)
    quoted = _TO_QUOTE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace")), name)
    return f"{disposition}; filename=\"{near}\"; filename*=UTF-8''{quoted}"
