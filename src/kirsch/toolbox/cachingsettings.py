"""What can be said of the cache in front of a page."""

from __future__ import annotations

from typing import Final

from kirsch.options import Check, Option, Options, between

_NAMES = Check("of text", lambda names: all(isinstance(name, str) for name in names))
_SECONDS: Final = between(0)


class CachingSettings(Options):
    """For how long, what counts as the same request, and how much is kept."""

    delay = Option(600.0, "Seconds for which a page is fresh that does not say it itself.", check=_SECONDS)
    antistampede_timeout = Option(
        5.0, "Seconds to wait for somebody who is making the same page; None or 0: do not wait.",
        (float, type(None)), _SECONDS,
    )  # fmt: skip
    stale_while_revalidate = Option(
        0.0, "Seconds after that for which it is given while it is made anew, for pages that do not say it.",
        check=_SECONDS,
    )  # fmt: skip
    stale_if_error = Option(
        0.0, "Seconds after that for which it is given if making it anew fails, likewise.", check=_SECONDS
    )
    allow_reload = Option(True, "Heed clients that ask for a new page: Cache-Control and Pragma of requests.")
    params = Option(None, "Parameters of the query that count; None: all of it, as sent.", (list, tuple), _NAMES)
    ignored_params = Option((), "Parameters of the query that do not count.", (list, tuple), _NAMES)
    sorted_params = Option(False, "Take queries for the same whose parameters differ in their order only.")
    store_cookies = Option(False, "Keep pages that set cookies, and set them for everybody.")
    invalid_methods = Option(
        ("POST", "PUT", "DELETE"), "Methods after which a page is forgotten, beside all that are not safe.",
        (tuple, list, set, frozenset), _NAMES,
    )  # fmt: skip
    maxobjects = Option(1000, "Copies at most.", check=between(1))
    maxobj_size = Option(100_000, "Bytes of a body at most; larger ones are not kept.", check=_SECONDS)
    maxsize = Option(10_000_000, "Bytes of all copies at most.", check=_SECONDS)
    store = Option(
        None,
        "A store that several processes share, or its address; None keeps copies in the memory of this one.",
        object,
    )
    cache_class = Option(None, "A kind of cache of your own.", object, Check("that is a class", callable))
    cache_status = Option(False, "Send the field Cache-Status (RFC 9211), which says what became of the request.")
    debug = Option(False, "Write to the error log what became of each request.")
    expire_freq = Option(0.1, "Of no effect: nothing needs to be swept.", check=_SECONDS)
