"""`cheroot._compat`: text and bytes, as its users turn the one into the other."""

from __future__ import annotations

import os
import platform
import re
import sys
from typing import Final

SYS_PLATFORM: Final = platform.system()
PLATFORM_ARCH: Final = platform.machine()
IS_WINDOWS: Final = SYS_PLATFORM == "Windows"
IS_LINUX: Final = SYS_PLATFORM == "Linux"
IS_MACOS: Final = SYS_PLATFORM == "Darwin"
IS_SOLARIS: Final = SYS_PLATFORM == "SunOS"
IS_PPC: Final = PLATFORM_ARCH.startswith("ppc")
IS_PYPY: Final = sys.implementation.name == "pypy"
IS_CI: Final = bool(os.environ.get("CI"))
IS_GITHUB_ACTIONS_WORKFLOW: Final = bool(os.environ.get("GITHUB_WORKFLOW"))
IS_ABOVE_OPENSSL10 = IS_ABOVE_OPENSSL31 = True
ENCODING: Final = "ISO-8859-1"
ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")


def ntob(n: str, encoding: str = ENCODING) -> bytes:
    """Text as bytes."""
    assert_native(n)
    return n.encode(encoding)


def ntou(n: str, encoding: str = ENCODING) -> str:
    """Text as text; `escape` stands for its Unicode escapes."""
    assert_native(n)
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), n) if encoding == "escape" else n


def bton(b: bytes, encoding: str = ENCODING) -> str:
    """Bytes as text."""
    return b.decode(encoding)


def assert_native(n: object) -> None:
    """TypeError for what is no text."""
    if not isinstance(n, str):
        raise TypeError(f"n must be a native str (got {type(n).__name__})")


def extract_bytes(mv: bytes | memoryview) -> bytes:
    """The bytes of a view, or bytes as they are."""
    if isinstance(mv, memoryview | bytes):
        return bytes(mv)
    raise ValueError("extract_bytes() only accepts bytes and memoryview/buffer")
