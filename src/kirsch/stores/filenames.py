"""Keys as names of files: any key, on any system, and none that leads out of the folder."""

from __future__ import annotations

import errno
import re
from hashlib import blake2b
from typing import Final

SHOWN: Final = 120
"""Characters of a name that say what the key is; what is longer ends in a digest instead."""

NO_ROOM: Final = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
"""What the system says of a disk without room."""

_ESCAPED: Final = re.compile(r"[^a-z0-9_-]")
_RESERVED: Final = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
"""Names that mean devices to Windows."""


def escape(text: str) -> str:
    """A key, or its beginning, as part of a file's name: letters that some systems take for others are escaped."""
    return _ESCAPED.sub(lambda found: f"={ord(found[0]):02x}", text)


def file_name(key: str) -> str:
    """The name of the file of a key."""
    name = escape(key)
    if _RESERVED.fullmatch(name):
        return f"={ord(name[0]):02x}{name[1:]}"
    if len(name) <= SHOWN:
        return name
    return f"{name[:SHOWN]}~{blake2b(key.encode(), digest_size=16).hexdigest()}"
