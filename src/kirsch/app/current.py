"""The one context variable: which request is being answered here."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

current: ContextVar[Any] = ContextVar("kirsch.request", default=None)
"""The Request that this thread answers now, or None. Set by the application, and set back when the answer is out."""
