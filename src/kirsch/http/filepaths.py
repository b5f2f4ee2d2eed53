"""From a part of a URL's path to the name of a file below some directory: by the text alone, no disk is asked.

A path has been decoded once, when the request was read (see `urls`), and is not decoded again: what is still an escaped
slash belongs to a segment, and no file has a slash in its name.
"""

from __future__ import annotations

import os
import re
from typing import Final

_PLAIN: Final = re.compile(
    r"[A-Za-z0-9_~\-]++(?:\.[A-Za-z0-9_~\-]++)*+(?:/[A-Za-z0-9_~\-]++(?:\.[A-Za-z0-9_~\-]++)*+)*+"
)
"""PERF: nearly all names there are, and none that has to be looked at more closely."""

_NEVER: Final = re.compile(r"[\x00\\]|%2[Ff]|\A[A-Za-z]:")
"""A NUL ends a name for the system, a backslash parts it on Windows and for browsers, and `C:` is a drive."""

_LITERAL: Final = re.compile(r"%25(?=(?:25)*2[Ff])")
_DEVICE: Final = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\xb9\xb2\xb3])[ ]*(?:\..*)?", re.IGNORECASE | re.DOTALL
)
"""Names that mean a device on Windows, in whatever directory and with whatever ending."""

_NOT_ON_WINDOWS: Final = re.compile(r'[\x00-\x1f<>:"|?*]|[. ]\Z')
"""A colon names a stream of a file; dots and blanks at the end are dropped, so that one file had many names."""

WELL_KNOWN: Final = ".well-known"
"""The one hidden directory that is there to be seen (RFC 8615)."""


class OutsideError(ValueError):
    """The path climbs out of the directory."""


def file_name(path: str, *, dotfiles: bool = False, windows: bool = os.name == "nt") -> str | None:
    """The name of the file relative to the directory, with slashes; "" is the directory itself. None: no file has it.

    path: relative, as of split_target(). `.` and `..` are resolved; OutsideError if that leads out. dotfiles: whether
    names that begin with a dot are names. windows: whether to keep to what that system makes of names.
    """
    if _PLAIN.fullmatch(path) and not windows:
        return path
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                raise OutsideError(path)
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    if any(not _is_name(part, dotfiles, windows) for part in parts):
        return None
    return "/".join([_LITERAL.sub("%", part) for part in parts]) if "%" in path else "/".join(parts)


def _is_name(part: str, dotfiles: bool, windows: bool) -> bool:
    if _NEVER.search(part) or (part[0] == "." and not dotfiles and part != WELL_KNOWN):
        return False
    return not windows or not (_DEVICE.fullmatch(part) or _NOT_ON_WINDOWS.search(part))
