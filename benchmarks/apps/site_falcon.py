"""The Falcon application, for the servers that carry it."""

from __future__ import annotations

import time

import falcon
import msgspec
from orders import Order


class Hello:
    """A greeting."""

    def on_get(self, request, response, name):
        """Answer with the name from the path and a parameter from the query."""
        response.content_type = falcon.MEDIA_TEXT
        response.text = f"Hello, {name}! x={request.get_param('x')}"


class Wait:
    """A handler that blocks."""

    def on_get(self, request, response):
        """Block for `ms` milliseconds."""
        time.sleep(request.get_param_as_int("ms") / 1000)
        response.content_type = falcon.MEDIA_TEXT
        response.text = "waited"


class Orders:
    """JSON in, checked, JSON out."""

    def on_post(self, request, response):
        """Add up an order."""
        try:
            order = msgspec.json.decode(request.bounded_stream.read(), type=Order)
        except msgspec.ValidationError as error:
            raise falcon.HTTPUnprocessableEntity(description=str(error)) from error
        response.content_type = falcon.MEDIA_JSON
        response.data = msgspec.json.encode(order.add_up())


app = falcon.App()
app.add_route("/hello/{name}", Hello())
app.add_route("/wait", Wait())
app.add_route("/order", Orders())
