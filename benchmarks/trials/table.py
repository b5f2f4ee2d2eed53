"""A table in Markdown, and whether what it says is as it should be."""

from __future__ import annotations


class Table:
    """Rows under their columns. broken: what should have been otherwise. notes: for below."""

    def __init__(self, title, columns):
        self.title = title
        self.columns = columns
        self.rows = []
        self.notes = []
        self.broken = []

    def add(self, *cells, ok=True):
        """A row; ok: whether it is as it should be."""
        self.rows.append([f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells])
        if not ok:
            self.broken.append(" · ".join(self.rows[-1]))

    def note(self, text):
        """Something to be said below."""
        self.notes.append(text)

    def hold(self, what, is_so):
        """Something that is to be so."""
        if not is_so:
            self.broken.append(f"not so: {what}")

    def markdown(self):
        """The whole."""
        numbers = [all(row[at].replace(",", "").replace(".", "").isdigit() for row in self.rows)
                   for at in range(len(self.columns))]  # fmt: skip
        lines = [f"**{self.title}**", "", f"| {' | '.join(self.columns)} |"]
        lines.append(f"|{'|'.join('--:' if number else '---' for number in numbers)}|")
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        lines += ["", *(f"- {note}" for note in self.notes)] if self.notes else []
        return "\n".join(lines)
