"""The nonce of a request: a word in its Content-Security-Policy, which the scripts of its page carry."""

from __future__ import annotations

import os
from binascii import b2a_base64
from typing import Any, Final, Protocol

SIZE: Final = 16
BELONGING: Final = "csp_nonce"


class Holder(Protocol):
    """What has a nonce: a request."""

    belongings: dict[str, Any]

    def give(self, name: str, thing: object) -> None:
        """Have it among them."""


def new_nonce(request: Holder) -> str:
    """Make it, for this request alone."""
    nonce = b2a_base64(os.urandom(SIZE), newline=False).decode()
    request.give(BELONGING, nonce)
    return nonce


def nonce_of(request: Holder) -> str:
    """As it stands in the policy; "" without one."""
    return str(request.belongings.get(BELONGING, ""))


def csp_nonce(request: Holder) -> str:
    """`request.csp_nonce`, for pages; it stays on the request when somebody has asked for it."""
    nonce = nonce_of(request)
    if not nonce:
        raise AttributeError("request.csp_nonce: no policy with 'nonce' holds here; see tools.security_headers.csp")
    return nonce


def is_nonce_taken(request: object) -> bool:
    """Whether somebody has asked for it, and so may have put it into the page."""
    return BELONGING in vars(request)
