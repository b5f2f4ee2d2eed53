"""Tests of the API, in memory: `python -m pytest`. Kirsch brings the fixture `kirsch_client`."""

import pytest

from app import create_app


@pytest.fixture
def app():
    """What is asked: a new one for each test."""
    return create_app()


def test_a_book_comes_and_goes(kirsch_client):
    """It is found where Location says, as it was sent, until it is removed."""
    book = {"title": "Ulysses", "year": 1922}
    where = kirsch_client.post("/books/", json=book).expect(201).headers["Location"]
    assert kirsch_client.get(where).json() == book
    assert kirsch_client.put(where, json=book | {"year": 1923}).json()["year"] == 1923
    assert kirsch_client.get("/books/").json() == {"1": book | {"year": 1923}}
    kirsch_client.delete(where).expect(204)
    kirsch_client.get(where).expect(404)


@pytest.mark.parametrize("book", [{}, {"title": "", "year": 1}, {"title": "a", "year": "b"}, ["a", 1]])
def test_what_is_no_book_is_refused(kirsch_client, book):
    """The answer says in JSON what does not fit."""
    problem = kirsch_client.post("/books/", json=book).expect(422)
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["detail"].startswith("The JSON does not fit")


def test_other_methods(kirsch_client):
    """They are answered by those that there are."""
    assert "PUT" in kirsch_client.patch("/books/1", json={"title": "a", "year": 1}).expect(405).headers["Allow"]
