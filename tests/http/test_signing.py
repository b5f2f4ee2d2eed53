from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.signing import LONGEST, SealError, Signer

KEY, OTHER = b"0123456789abcdef", "another key, of text"


@given(st.binary(max_size=100), st.text(max_size=20), st.floats(0, 4e9))
def test_what_is_sealed_is_read_back(value, context, now):
    """With the time, to a thousandth of a second, as text that fits into URLs and cookies."""
    text = Signer([KEY], "test").seal(value, context, now)
    sealed = Signer([KEY], "test").open(text, context, now=now)

    assert sealed.value == value
    assert abs(sealed.made - now) < 0.002
    assert all(letter.isalnum() or letter in "-_" for letter in text)


@pytest.mark.parametrize(
    ("signer", "context"),
    [(Signer([OTHER], "a"), "c"), (Signer([KEY], "b"), "c"), (Signer([KEY], "a"), "d"), (Signer([KEY], "a"), "")],
)
def test_it_is_worth_nothing_elsewhere(signer, context):
    """Another key, purpose or context does not open it."""
    with pytest.raises(SealError):
        signer.open(Signer([KEY], "a").seal(b"value", "c"), context)


def test_context_and_value_do_not_run_together():
    """Where the context ends is part of what is sealed."""
    with pytest.raises(SealError):
        Signer([KEY], "a").open(Signer([KEY], "a").seal(b"bc", "a"), "ab")


def test_keys_are_changed_one_after_the_other():
    """The first seals, all of them open; who has the old one only does not open what is new."""
    both, old = Signer([OTHER, KEY], "a"), Signer([KEY], "a")

    assert both.open(old.seal(b"x")).value == b"x"
    with pytest.raises(SealError):
        old.open(both.seal(b"x"))


@given(st.text(max_size=80))
def test_any_text_is_refused(text):
    """By the one error."""
    with pytest.raises(SealError):
        Signer([KEY], "a").open(text)


@given(st.data())
def test_every_letter_counts(data):
    """Changed anywhere, it opens no more: there is one spelling only, too."""
    text = Signer([KEY], "a").seal(b"a value", now=1000)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("ABCZaz09-_=+/ ").filter(lambda letter: letter != text[place]))

    with pytest.raises(SealError):
        Signer([KEY], "a").open(text[:place] + letter + text[place + 1 :], now=1000)


def test_it_ages():
    """What is older than allowed is refused, and what is very long is not looked at."""
    signer = Signer([KEY], "a")

    assert signer.open(signer.seal(b"x", now=100), most_age=10, now=110).value == b"x"
    with pytest.raises(SealError, match="too long ago"):
        signer.open(signer.seal(b"x", now=100), most_age=10, now=111)
    with pytest.raises(SealError, match=str(LONGEST)):
        signer.open("A" * (LONGEST + 1))


@pytest.mark.parametrize("keys", [[], [b""], ["short"], [KEY, b"short"]])
def test_a_key_cannot_be_guessed(keys):
    """Sixteen bytes at least."""
    with pytest.raises(ValueError, match="16 bytes"):
        Signer(keys, "a")
