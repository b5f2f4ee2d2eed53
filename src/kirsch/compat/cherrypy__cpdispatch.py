"""`cherrypy._cpdispatch`, and `cherrypy.dispatch`: how a path becomes a page handler."""

from __future__ import annotations

import string
from inspect import getfullargspec as getargspec
from typing import TYPE_CHECKING, Any

from kirsch.app.dispatchers import Dispatcher, MethodDispatcher, RoutesDispatcher, VirtualHost, XMLRPCDispatcher
from kirsch.app.pagehandler import PageHandler
from kirsch.app.params import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "Dispatcher", "LateParamPageHandler", "MethodDispatcher", "PageHandler", "RoutesDispatcher", "VirtualHost",
    "XMLRPCDispatcher", "getargspec", "punctuation_to_underscores", "test_callable_spec", "validate_translator",
]  # fmt: skip

LateParamPageHandler = PageHandler
punctuation_to_underscores = str.maketrans(string.punctuation, "_" * len(string.punctuation))


def validate_translator(t: object) -> None:
    """Raise ValueError for what cannot translate a segment of a path."""
    if not isinstance(t, dict):
        raise ValueError("The translate argument must be a dict.")


def test_callable_spec(
    callable: Callable[..., Any], callable_args: Sequence[Any], callable_kwargs: Mapping[str, Any]
) -> None:
    """Raise HTTPError 404 if a callable cannot be called so."""
    plan = Plan(callable)
    if not plan.fits(len(callable_args), callable_kwargs):
        raise plan.misfit(len(callable_args), callable_kwargs, ())
