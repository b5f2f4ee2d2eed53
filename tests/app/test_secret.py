from __future__ import annotations

from kirsch.app.secret import SIZE, Secret


def test_it_is_told_once():
    """Whoever reads the log hears of it at the first use, and what it is stays unsaid."""
    told = []
    secret, other = Secret(), Secret()
    keys = [secret.key(lambda: told.append(1)) for _ in range(3)]

    assert keys == [keys[0]] * 3
    assert len(keys[0]) == SIZE
    assert told == [1]
    assert other.key(lambda: None) != keys[0]
    assert repr(secret) == "<Secret>"
