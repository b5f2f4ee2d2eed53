"""A REST API: JSON that is checked, methods of HTTP as methods, errors as JSON. Its tests are in test_api.py.

In this folder:  kirsch dev     And then:  curl http://127.0.0.1:8080/books/ --json '{"title": "Ulysses", "year": 1922}'
"""

from itertools import count
from typing import Annotated

import msgspec

import kirsch


class Book(msgspec.Struct):
    """What a client sends; anything else is a 422 that says what does not fit."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    year: Annotated[int, msgspec.Meta(ge=0, le=9999)]


@kirsch.expose
class Books:
    """/books/ and /books/1. Other methods than these are answered by 405."""

    def __init__(self):
        self.books = {}  # a real one has a database
        self.numbers = count(1)

    def find(self, number):
        """The number of a book that is there."""
        with kirsch.HTTPError.handle((ValueError, KeyError), 404, "There is no such book."):
            self.books[int(number)]
        return int(number)

    def GET(self, number=None):
        return self.books if number is None else self.books[self.find(number)]

    def POST(self):
        number = next(self.numbers)
        self.books[number] = kirsch.request.json
        kirsch.response.status = 201
        kirsch.response.headers["Location"] = kirsch.url(f"/{number}")
        return kirsch.request.json

    def PUT(self, number):
        self.books[self.find(number)] = kirsch.request.json
        return kirsch.request.json

    def DELETE(self, number):
        self.books.pop(self.find(number), None)
        kirsch.response.status = 204


def create_app():
    """The application: for the command `kirsch`, for tests, for other servers."""
    tools = {"tools.json_out.on": True, "tools.json_in.on": True, "tools.json_in.type": Book}
    dispatch = {"request.dispatch": kirsch.dispatch.MethodDispatcher()}
    return kirsch.Application(Books(), "/books", {"/": {**tools, **dispatch}})
