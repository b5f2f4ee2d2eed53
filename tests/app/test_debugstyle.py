"""How the page for developers looks."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from kirsch.app.debugpage import debug_page
from kirsch.app.debugstyle import HEADERS, PALETTE, POLICY
from kirsch.app.errorpage import Problem, html_page

PAGE = debug_page(ValueError("x")).decode()


def test_palette() -> None:
    """It has the colours of the other error pages."""
    assert PALETTE in html_page(Problem(404, "Not Found")).decode()


@pytest.mark.parametrize("element", ["style", "script"])
def test_policy(element: str) -> None:
    """The style and the script of the page are what its policy allows, by their hash."""
    content = re.search(f"<{element}>(.*?)</{element}>", PAGE, re.DOTALL)
    assert content is not None
    assert f"{element}-src 'sha256-{b64encode(sha256(content[1].encode()).digest()).decode()}'" in POLICY


def test_offline() -> None:
    """Nothing is loaded from anywhere, and nothing has a style of its own."""
    assert "default-src 'none'" in HEADERS["Content-Security-Policy"]
    assert not re.search(r"https?://|url\(|@import|<link|<img| style=| on\w+=| src=", PAGE)


def luminance(colour: str) -> float:
    """Of WCAG 2."""
    digits = colour[1:] if len(colour) == 7 else "".join([digit * 2 for digit in colour[1:]])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize("paper", ["paper", "wash", "tint", "mark"])
@pytest.mark.parametrize("ink", ["ink", "soft", "accent", "word", "text"])
def test_contrast(ink: str, paper: str, scheme: int) -> None:
    """Whatever stands on whatever can be read by all, in light and in dark."""
    colours = [re.findall(rf"--{name}:(#\w+)", PAGE)[scheme] for name in (ink, paper)]
    if (ink, paper) not in {("accent", "mark"), ("soft", "mark")}:  # an underline; comments are not evaluated
        assert contrast(*colours) >= 4.5
