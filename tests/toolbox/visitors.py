"""Stands for the tool `sessions` as far as others need it: a dict per visitor, found by a cookie."""

from __future__ import annotations

import secrets
from typing import Any

from kirsch.toolbox.tool import Tool


class Visitor(dict[str, Any]):
    def __init__(self, tool, request):
        morsel = request.cookie.get("session_id")
        self.tool, self.request = tool, request
        self.originalid = morsel.value if morsel is not None else None
        self.id = self.originalid if self.originalid in tool.kept else secrets.token_hex(8)
        super().__init__(tool.kept.get(self.id, {}))

    def regenerate(self):
        self.tool.kept.pop(self.id, None)
        self.id = secrets.token_hex(8)


class Visitors(Tool):
    def __init__(self):
        self.kept = {}
        super().__init__()

    def before_request_body(self, request, response):
        request.belongings["session"] = Visitor(self, request)

    def before_finalize(self, request, response):
        session = request.belongings["session"]
        if session or session.id != session.originalid:
            self.kept[session.id] = dict(session)
            response.cookie["session_id"] = session.id
            response.cookie["session_id"]["path"] = "/"
