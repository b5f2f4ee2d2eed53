"""`request.body.maxbytes` holds for bodies of any kind, also those that nobody reads."""

from __future__ import annotations

import pytest

from tests.app.pages import page


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "application/x-www-form-urlencoded", ""])
def test_a_body_that_is_too_large(kind):
    """It is refused by its length, before it is read."""
    client = page(lambda *_: "ok", {"request.body.maxbytes": 10})

    assert client.post("/", body=b"x" * 11, headers={"Content-Type": kind}).status == 413
    assert client.post("/", body=b"", headers={"Content-Type": kind}).status == 200
