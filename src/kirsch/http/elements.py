"""The elements of a list in a header field, one by one: `headers.elements("Accept")`."""

from __future__ import annotations

from typing import Final

from kirsch.http.media import LONGEST, parse_media_type, split_quoted

MOST: Final = 100
_RANKED: Final = ("accept", "te")


class Element:
    """One element. value: before its parameters. params: by lower-case name. qvalue: how much it is wanted, 0 to 1."""

    __slots__ = ("params", "qvalue", "value")

    def __init__(self, value: str, params: dict[str, str] | None = None, qvalue: float = 1.0) -> None:
        self.value = value
        self.params = params or {}
        self.qvalue = qvalue

    def __str__(self) -> str:
        return ";".join([self.value, *(f"{name}={value}" for name, value in self.params.items())])

    def __repr__(self) -> str:
        return f"<Element {self} {self.qvalue:g}>"


def parse_elements(name: str, value: str) -> list[Element]:
    """The elements of a field in the order sent; of Accept and its like, the most wanted first.

    What has no readable q-value counts as not sent there. At most MOST are read.
    """
    elements = []
    ranked = name.lower().startswith(_RANKED)
    for text in split_quoted(value[:LONGEST], ",", MOST):
        kind, params = parse_media_type(text)
        element = Element(text.partition(";")[0].strip() if not ranked else kind, params)
        if ranked and "q" in params:
            quality = parse_quality(params.pop("q"))
            if quality is None:
                continue
            element.qvalue = quality
        if element.value:
            elements.append(element)
    if ranked:
        elements.sort(key=lambda element: -element.qvalue)
    return elements


def parse_quality(text: str) -> float | None:
    """A q-value, 0 to 1; more is 1. None for what is no number."""
    if not text or not text.isascii() or text.count(".") > 1 or not text.replace(".", "").isdigit() or len(text) > 30:
        return None
    return min(float(text), 1.0)
