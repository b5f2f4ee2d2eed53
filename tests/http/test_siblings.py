from __future__ import annotations

import pytest

from kirsch.http.siblings import wanted_siblings


@pytest.mark.parametrize(
    ("accept", "codings"),
    [
        (None, []),
        ("", []),
        ("identity", []),
        ("gzip, deflate, br, zstd", ["br", "zstd", "gzip"]),
        ("gzip;q=1.0, br;q=0.5", ["gzip", "br"]),
        ("br;q=0, gzip", ["gzip"]),
        ("*", ["br", "zstd", "gzip"]),
        ("*;q=0, gzip", ["gzip"]),
        ("gzip;q=0.5, identity", []),
        ("GZIP", ["gzip"]),
        ("x-gzip", ["gzip"]),
        ("gzip, gzip;q=0", []),
        ("gzip;q=x", []),
    ],
)
def test_what_is_looked_for(accept, codings):
    """The client's order, and ours where it has none; nothing that it does not want."""
    assert [coding for coding, _ in wanted_siblings(accept)] == codings


def test_only_known_ones():
    """Those that the site has, in its order."""
    assert wanted_siblings("gzip, br", ("gzip", "br")) == (("gzip", ".gz"), ("br", ".br"))
    assert wanted_siblings("gzip, br", ("gzip",)) == (("gzip", ".gz"),)
