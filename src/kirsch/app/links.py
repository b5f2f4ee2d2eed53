"""Addresses for pages: url() in all its forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.http.forms import encode_query
from kirsch.http.urls import join, normalize_path, quote_path
from kirsch.http.urls import relative as relative_path

if TYPE_CHECKING:
    from kirsch.app.request import Request

Query = "str | Mapping[str, Any] | Sequence[tuple[str, Any]]"


def url(request: Request, path: str, query: str, script_name: str | None, base: str | None) -> str:
    """The absolute address of a path. Without a leading slash it is relative to the page that is being answered."""
    if not path.startswith("/"):
        here = page_path(request)
        path = join(here or "/", path) if path else here
    if script_name is None:
        script_name = quote_path(request.script_name)
    if base is None:
        base = request.base
    return base + script_name + normalize_path(path) + query


def page_path(request: Request) -> str:
    """The path of the page as links on it see it: quoted, with a slash at the end for an index, without for others."""
    path = quote_path(request.path_info)
    if request.is_index is True and not path.endswith("/"):
        return path + "/"
    if request.is_index is False and path.endswith("/") and path != "/":
        return path.rstrip("/")
    return path


def query_text(qs: Any) -> str:
    """A query string with its question mark, from text or from parameters; empty for none."""
    text = qs if isinstance(qs, str) else encode_query(qs)
    return f"?{text}" if text else ""


def without_host(address: str) -> str:
    """The address from its path on."""
    return "/" + address.split("//", 1)[-1].partition("/")[2] if "//" in address else address


def from_page(request: Request, address: str) -> str:
    """The address relative to the page that is being answered."""
    here = without_host(url(request, "", "", None, None))
    return relative_path(here, without_host(address))
