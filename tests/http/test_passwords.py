from __future__ import annotations

import sys
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http import passwords
from kirsch.http.passwords import LONGEST, Busy, Passwords, Remembered, prepared

# One of each kind, and one of a weaker cost, made elsewhere: argon2-cffi 25.1 and OpenSSL 3.
ARGON2 = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$4mqQiyq0VpIzuZmp+8eSF3YJ7Av58TkEJ4LIdOVsAc4"
WEAK = "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ$tHT7GLqp0uYbiB009MeIHnMuEMZ86kx0jgBpq5vxo84"


@pytest.fixture(params=["argon2id", "scrypt"])
def hasher(request, monkeypatch):
    """One of each kind, cheap enough for tests."""
    monkeypatch.setitem(passwords._COSTS, "argon2id", {"m": 64, "t": 1, "p": 1})
    monkeypatch.setitem(passwords._COSTS, "scrypt", {"ln": 4, "r": 8, "p": 1})
    return Passwords(request.param)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40))
def test_another_password_is_not_taken_for_it(password):
    """Whatever is typed."""
    assert Passwords("scrypt").verify(password, WEAK) is (prepared(password) == "secret")


def test_hashing(hasher):
    """The text says how it was made, and is another one each time."""
    one, other = hasher.hash("pässword"), hasher.hash("pässword")

    assert one != other
    assert one.startswith(f"${hasher.kind}$")
    assert [hasher.verify("pässword", each) for each in (one, other)] == [True, True]
    assert not hasher.verify("Pässword", one)
    assert not hasher.needs_rehash(one)


@pytest.mark.parametrize("hashed", [ARGON2, WEAK])
def test_both_kinds_are_read(hasher, hashed):
    """Whatever kind is made here."""
    assert hasher.verify("secret", hashed)
    assert not hasher.verify("other", hashed)


def test_what_is_better_by_now():
    """Another kind, or another cost, is to be hashed anew; the usual costs are what OWASP asks for."""
    assert Passwords("scrypt").needs_rehash(WEAK)
    assert Passwords("scrypt").needs_rehash(ARGON2)
    assert Passwords("argon2id").needs_rehash(WEAK)
    assert Passwords("argon2id").needs_rehash(ARGON2)
    assert passwords._COSTS["argon2id"] == {"m": 19456, "t": 2, "p": 1}
    assert passwords._COSTS["scrypt"] == {"ln": 15, "r": 8, "p": 3}


def test_nobody_has_no_password(hasher):
    """A user that does not exist is answered with False, after the same sum."""
    sums = []
    hasher._compute = lambda *given: sums.append(given) or b"?" * 32

    assert not hasher.verify("secret", None)
    assert not hasher.verify("x" * (LONGEST + 1), None)
    assert len(sums) == 2
    assert sums[0][1].cost == passwords._COSTS[hasher.kind]


@pytest.mark.parametrize(
    ("one", "other"), [("e\u0301", "\u00e9"), ("a\u00a0b", "a b"), ("a\u3000b", "a b"), ("\u212b", "\u00c5")]
)
def test_the_same_letters_typed_in_another_way(one, other):
    """Are the same password (RFC 8265 §4.2); capitals and wide letters are others."""
    assert prepared(one) == prepared(other)
    assert prepared("A") != prepared("a")
    assert prepared("\uff21") != prepared("A")


@pytest.mark.parametrize("password", ["", "x" * (LONGEST + 1), "a\nb", "a\x00", "\x85"])
def test_what_is_no_password(hasher, password):
    """It is not hashed, and never right."""
    with pytest.raises(ValueError, match="password"):
        hasher.hash(password)
    assert not hasher.verify(password, WEAK)


@pytest.mark.parametrize(
    "hashed",
    [
        "",
        "secret",
        "$2b$12$abcdefghijklmnopqrstuv",
        "$apr1$x$y",
        WEAK + "\n",
        WEAK + "AA",
        WEAK.replace("ln=4", "ln=40"),
        WEAK.replace("ln=4", "ln=25"),
        WEAK.replace("ln=4", "n=4"),
        WEAK.replace("p=1", "p=999"),
        WEAK.replace("p=1", "p=0"),
        ARGON2.replace("t=1", "t=9999"),
        ARGON2.replace("m=64", "m=99999999"),
        ARGON2.replace("v=19", "v=16"),
    ],
)
def test_what_is_no_hash(hashed):
    """ValueError, without a word of the text, which may be a password; and nothing that costs too much is computed."""
    with pytest.raises(ValueError, match="hash") as caught:
        Passwords("scrypt").verify("secret", hashed)
    assert "secret" not in str(caught.value)


def test_without_the_package(monkeypatch):
    """A hash by argon2 is not taken for a wrong password: it is said what to install."""
    monkeypatch.setitem(sys.modules, "argon2.low_level", None)
    with pytest.raises(RuntimeError, match=r"pip install 'kirsch\[auth\]"):
        Passwords("scrypt").verify("secret", ARGON2)


@pytest.mark.parametrize(("there", "kind"), [(True, "argon2id"), (False, "scrypt")])
def test_the_best_kind_there_is(monkeypatch, there, kind):
    """argon2id with the extra, else what Python has."""
    monkeypatch.setattr(passwords, "find_spec", lambda name: there or None)

    assert Passwords().kind == kind
    assert repr(Passwords()) == f"<Passwords {kind}>"


def test_kinds_have_names():
    """Another one is refused at once."""
    with pytest.raises(ValueError, match="md5"):
        Passwords("md5")


def test_so_many_at_once(hasher, monkeypatch):
    """Whoever's turn does not come in time is told so, and the next one may go on."""
    inside, go_on = Event(), Event()
    hasher = Passwords("scrypt", at_once=1, patience=0.01)
    monkeypatch.setattr(passwords, "_scrypt", lambda *_: inside.set() or (go_on.wait(5) and b"?" * 32))
    thread = Thread(target=hasher.verify, args=("a", WEAK))
    thread.start()
    inside.wait(5)
    with pytest.raises(Busy):
        hasher.verify("b", WEAK)
    go_on.set()
    thread.join()
    assert not hasher.verify("b", WEAK)


def test_what_was_right_is_remembered(monkeypatch):
    """For a while, and not what was wrong; then, or when it is told to forget, the function is asked again."""
    asked = []
    check = Remembered(lambda *given: asked.append(given) or given[-1] == "right", seconds=60)

    assert [check("realm", "ada", word) for word in ("right", "right", "wrong", "wrong")] == [True, True, False, False]
    assert len(asked) == 3
    assert not check("realma", "da", "wrong")
    check.forget()
    assert check("realm", "ada", "right")
    monkeypatch.setattr(passwords, "monotonic", lambda: 1e12)
    assert check("realm", "ada", "right")
    assert len(asked) == 6


def test_names_do_not_run_together():
    """`ab`, `c` is not `a`, `bc`; and only so many are kept."""
    asked = []
    check = Remembered(lambda *given: asked.append(given) or True, most=2)
    for names in [("ab", "c"), ("a", "bc"), ("x", "y"), ("ab", "c")]:
        check(*names)

    assert len(asked) == 4
