"""`cherrypy.tutorial`, each part in memory."""

from __future__ import annotations

import importlib

import pytest

from kirsch import Application
from kirsch.testing.client import Client


def site(part, name):
    """A client that asks a part of the tutorial."""
    found = getattr(importlib.import_module(f"kirsch.compat.cherrypy_tutorial_{part}"), name)
    return Client(Application(found() if isinstance(found, type) else found))


@pytest.mark.parametrize(
    ("part", "name", "path", "said"),
    [
        ("tut01_helloworld", "HelloWorld", "/", "Hello world!"),
        ("tut02_expose_methods", "HelloWorld", "/", "show_msg"),
        ("tut02_expose_methods", "HelloWorld", "/show_msg", "Hello world!"),
        ("tut03_get_and_post", "WelcomePage", "/", '<input name="name">'),
        ("tut03_get_and_post", "WelcomePage", "/greetUser?name=%3CAda%3E", "Hello &lt;Ada&gt;"),
        ("tut03_get_and_post", "WelcomePage", "/greetUser?name=", "try again"),
        ("tut03_get_and_post", "WelcomePage", "/greetUser", "first"),
        ("tut04_complex_site", "root", "/", "links/"),
        ("tut04_complex_site", "root", "/joke/", "Back"),
        ("tut04_complex_site", "root", "/links/", "extra/"),
        ("tut04_complex_site", "root", "/links/extra/", "Packages"),
        ("tut05_derived_objects", "HomePage", "/", "<h2>Home</h2>"),
        ("tut05_derived_objects", "HomePage", "/another/", "<h2>Another page</h2>"),
        ("tut06_default_method", "UsersPage", "/", "ada"),
        ("tut06_default_method", "UsersPage", "/ada", "Ada wrote"),
        ("tut06_default_method", "UsersPage", "/x", "knows x"),
        ("tut07_sessions", "HitCounter", "/", "number 1."),
        ("tut08_generators_and_yield", "GeneratorDemo", "/", "<li>Grace</li>"),
        ("tut09_files", "FileDemo", "/", "upload"),
        ("tut09_files", "FileDemo", "/download", "class FileDemo"),
        ("tut10_http_errors", "HTTPErrorDemo", "/", "hidden"),
        ("tut10_http_errors", "HTTPErrorDemo", "/error?code=403", "<h1>Closed</h1>"),
        ("tut10_http_errors", "HTTPErrorDemo", "/messageArg", "this page knows what"),
    ],
)
def test_pages(part, name, path, said):
    """Every page of every part says what it is about."""
    assert said in site(part, name).get(path).text


def test_what_the_visitor_does():
    """Visits are counted, files are read, and tracebacks are switched on and off."""
    counter, files, errors = (
        site(part, name)
        for part, name in (
            ("tut07_sessions", "HitCounter"), ("tut09_files", "FileDemo"), ("tut10_http_errors", "HTTPErrorDemo"),
        )
    )  # fmt: skip
    counter.get("/")

    assert counter.get("/").text.endswith("number 2.")
    assert files.post("/upload", files={"myFile": ("a", b"12345", "x/y")}).text == "a, x/y: 5 bytes"
    for shown in ("shown", "hidden"):
        assert errors.get("/toggleTracebacks").status == 303
        assert shown in errors.get("/").text
