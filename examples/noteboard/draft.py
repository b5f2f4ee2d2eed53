"""Drafts: what somebody would like to pin, and whether it will do."""

from __future__ import annotations

from dataclasses import dataclass, field

COLOURS = ("lemon", "peach", "rose", "lilac", "sky", "mint")
LONGEST = {"title": 80, "text": 2000, "author": 40}
LARGEST_PICTURE = 2 * 1024 * 1024
BEGINNINGS = {  # a file's first bytes say what it is; its name and what the browser calls it prove nothing
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


@dataclass
class Draft:
    """A note that somebody would like to pin. `problems` says, by field, what keeps it from being one."""

    title: str = ""
    text: str = ""
    author: str = ""
    colour: str = COLOURS[0]
    picture: bytes = b""
    problems: dict[str, str] = field(default_factory=dict)

    def check(self) -> bool:
        """Tidy up, and see whether it will do."""
        self.title = " ".join(self.title.split())
        self.text = self.text.replace("\r\n", "\n").strip()
        self.author = " ".join(self.author.split())
        self.problems = {
            name: f"At most {most} characters, please."
            for name, most in LONGEST.items()
            if len(getattr(self, name)) > most
        }
        if not self.title:
            self.problems["title"] = "A note needs a title."
        if not self.text:
            self.problems["text"] = "A note needs a few words."
        if self.colour not in COLOURS:
            self.problems["colour"] = f"One of these: {', '.join(COLOURS)}."
        if len(self.picture) > LARGEST_PICTURE:
            self.problems["picture"] = f"A picture may have {LARGEST_PICTURE // 1024**2} MB at most."
        elif self.picture and not media_type(self.picture):
            self.problems["picture"] = "This is not a picture that we know: PNG, JPEG, GIF or WebP."
        return not self.problems


def media_type(data: bytes) -> str:
    """Of a picture that we show; nothing for any other file."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((media for beginning, media in BEGINNINGS.items() if data.startswith(beginning)), "")
