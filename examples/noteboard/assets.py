"""Bytes that browsers may keep: the style sheet, the icon, and pictures of notes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import kirsch

FOR_GOOD = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"  # despite its name: keep it, but ask each time whether it is still the same


def keepable(data: bytes, media: str, tag: str, caching: str = ASK_AGAIN) -> bytes | None:
    """Answer with the data, or with 304 and nothing if the browser has them already. tag: tells versions apart."""
    headers = kirsch.response.headers
    headers["ETag"] = etag = f'"{tag}"'
    headers["Cache-Control"] = caching
    if etag in kirsch.request.headers.get("If-None-Match", ""):
        kirsch.response.status = 304
        return None
    headers["Content-Type"] = media
    return data


def fingerprint(data: bytes) -> str:
    """Another one for other data."""
    return hashlib.sha256(data).hexdigest()[:12]


class Asset:
    """A file of the site. It is no method but an object, exposed, so that the tree can hold it: Root.style_css.

    url: changes with the file, and whoever asks for it may keep the answer for good.
    """

    exposed = True

    def __init__(self, name: str) -> None:
        self.path = Path(__file__).parent / name
        self.tag = fingerprint(self.path.read_bytes())
        self.url = f"/{name}?v={self.tag}"

    def __call__(self, *, v=""):
        """Answer a request."""
        kirsch.response.headers["Cache-Control"] = FOR_GOOD if v == self.tag else ASK_AGAIN
        return kirsch.serve_file(self.path)


STYLE = Asset("style.css")
ICON = Asset("icon.svg")
