"""Differences that are to go: CherryPy is right, or an application that worked there would break. Worst first.

With the difference as it is now. The test of each fails as soon as that has changed: then the request leaves this
table, for good or for expected.py.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.differential.expected import named


class Open(NamedTuple):
    """See the module."""

    reason: str
    difference: str


def each(reason, difference, *names):
    """The same for several requests."""
    return dict.fromkeys(names, Open(reason, difference))


OPEN = {
    **each(
        "what one page appends to response.header_list is sent with all later answers of the process",
        "x-line",
        "leaking: response.header_list, then",
    ),
    **each(
        "what one page puts into request.error_page holds for all later requests of the process",
        "body",
        "leaking: request.error_page, then",
    ),
    **each("what one page puts into request.config holds for later ones", "body", "leaking: request.config, then"),
    **each(
        "response.body, once returned or set, is bytes in pieces: hooks join it",
        "200 → 500",
        *named("habit: ", "join_text", "join_data", "join_list", "join_pieces", "join_none", "joined"),
    ),
    **each(
        "response.body, once returned or set, is bytes in pieces: hooks go through it",
        "200 → 500, body",
        *named("habit: ", "each_text", "each_list"),
    ),
    **each(
        "set_response() of HTTPError, to be overridden by subclasses",
        "body, content-type",
        "raised /habits/raised/json",
    ),
    **each(
        "set_response() of HTTPError, to be called in an error_response",
        "body, content-type, x-made",
        "raised /habits/raised/by_hand",
    ),
    **each(
        "set_response() of HTTPRedirect, to be called in an error_response",
        "303 → 500",
        "raised /habits/raised/by_redirect",
    ),
    **each("get_error_page() of HTTPError, to be overridden by subclasses", "body", "raised /habits/raised/page"),
    **each("HEAD of a stream says Content-Length: 0, which GET would not say", "content-length", "HEAD of a stream"),
    **each("request.remote.ip can be set, as proxy tools of one's own do", "200 → 500", "habit: proxied"),
    **each(
        "Server and Date can be removed from response.headers, and read",
        "200 → 500",
        *named("header /fields/", "no_server", "read_date"),
    ),
    **each("Content-Length set to None means that it is not set", "200 → 500", "header /fields/no_length"),
    **each("from on_end_resource on, status and output_status say what is sent", "body", "habit: after"),
    **each("from on_end_resource on, headers and header_list have the length", "body", "habit: after_length"),
    **each("from on_end_resource on, headers and header_list have the length", "body", "habit: after_lines"),
    **each("handler.kwargs, when set, stands over the parameters, which stay", "body", "hooked: exchanged"),
    **each("request.kwargs is what was set beside the parameters", "body", "request.kwargs"),
    **each("handler.callable can be set", "body", "habit: other_callable"),
    **each("handler.args is a tuple", "body", "hooked: told"),
    **each("process_request_body is false where the method has no body", "body", "request.process_body"),
    **each("headers.elements()", "200 → 500", *named("request.headers: elements", "", " by weight")),
    **each("body.read_into_file()", "200 → 500", "body: into a file"),
    **each("body.attempt_charsets is a list of its own for each request", "200 → 500", "habit: charsets"),
    **each("body.default_proc: what is done with a type without a processor", "415 → 200", "habit: only forms: text"),
    **each("body.charset has the name that the client has sent", "body", "form: facts"),
    **each("body.parts holds the parts without a name, and no others", "body", "habit: number of parts"),
    **each(
        "HTTPRedirect.urls are absolute from the start",
        "body",
        "redirect /redirects/attributes",
        "raised /habits/raised/urls",
    ),
    **each("path_info has no two slashes that follow each other", "body", "mounted /app//"),
    **each("a mount point is found behind two slashes", "200 → 404", "mounted //app/"),
    **each(
        "Accept-Charset chooses the charset of text (row T-02)",
        "body, content-type",
        *named("Accept-Charset: ", "iso-8859-1", "iso-8859-1, utf-8;q=0.5", "us-ascii", "x-none"),
    ),
    **each(
        "attributes of a request: dispatch, namespaces, multithread, wsgi_environ",
        "200 → 500",
        *named("request.", "dispatch", "namespaces", "multithread", "environ"),
    ),
    **each("namespaces of an application", "200 → 500", "request.app: namespaces"),
    **each("an icon for the root of a site", "200 → 404", "odd: favicon"),
}
