"""`cherrypy.filters.basefilter`: the class of filters."""

from __future__ import annotations

from kirsch.app.legacy import warn

__all__ = ["BaseFilter"]


class BaseFilter:
    """What stands in a class attribute `_cp_filters`: its methods are called at the points of their names.

    on_start_resource, before_request_body, before_main, before_finalize, on_end_resource, on_end_request,
    before_error_response, after_error_response. There is none of them here: a filter has those that it needs.
    """


warn("cherrypy.filters.basefilter.BaseFilter", "a Tool, whose methods have the names of the points")
