from __future__ import annotations

import io
from xmlrpc.client import Fault, dumps, loads

import pytest

import kirsch as cherrypy
from kirsch.app.response import Response
from tests.app.pages import page


class Closable:
    """Its own iterator; `close` takes what the class says."""

    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration

    def close(self):
        """Nothing."""


class Choosy(Closable):
    close = staticmethod(lambda how: None)


@pytest.mark.parametrize(
    ("thing", "iterator", "closable"),
    [
        ((x for x in ()), True, True),
        (iter([]), True, False),
        ([], False, False),
        ("text", False, False),
        (None, False, False),
        (Closable(), True, True),
        (Choosy(), True, False),
    ],
)
def test_iterators_are_told_from_what_can_be_iterated(thing, iterator, closable) -> None:
    """An iterator gives its items once; it is closable if it is a generator or has a close() without arguments."""
    assert cherrypy.lib.is_iterator(thing) is iterator
    assert cherrypy.lib.is_closable_iterator(thing) is closable


def test_a_file_comes_in_blocks_and_is_closed_at_its_end() -> None:
    """file_generator() reads all of it."""
    file = io.BytesIO(b"abcde")

    assert list(cherrypy.lib.file_generator(file, 2)) == [b"ab", b"cd", b"e"]
    assert file.closed


def test_a_limited_file_gives_no_more_than_asked_and_stays_open() -> None:
    """file_generator_limited() stops after so many bytes."""
    file = io.BytesIO(b"abcdef")

    assert list(cherrypy.lib.file_generator_limited(file, 5, 2)) == [b"ab", b"cd", b"e"]
    assert file.read() == b"f"


def test_vary_names_each_header_once() -> None:
    """set_vary_header() adds a name unless it is there, in any case."""
    response = Response()
    for name in ("Accept", "accept", "Cookie"):
        cherrypy.lib.set_vary_header(response, name)

    assert response.headers["Vary"] == "Accept, Cookie"


def test_an_unknown_module_is_named_with_those_there_are() -> None:
    """A slip in a name is answered by a message."""
    with pytest.raises(AttributeError, match=r"kirsch\.lib\.statik.*httputil"):
        _ = cherrypy.lib.statik


def test_values_of_config_are_data() -> None:
    """reprconf.unrepr() reads literals, and imports nothing."""
    assert cherrypy.lib.reprconf.unrepr("['a' + 'b', 2 * 'c']") == ["ab", "cc"]
    assert cherrypy.lib.reprconf.unrepr("") == ""
    with pytest.raises(ValueError, match="data only"):
        cherrypy.lib.reprconf.unrepr("__import__('os').system('true')")


def test_config_files_are_read_from_an_open_file() -> None:
    """reprconf.Parser gives the sections."""
    assert cherrypy.lib.reprconf.Parser.load(io.StringIO("[/]\na = 1\n")) == {"/": {"a": 1}}


def test_dotted_names_give_what_they_name() -> None:
    """reprconf.attributes() and modules() import."""
    assert cherrypy.lib.reprconf.attributes("io.BytesIO") is io.BytesIO
    assert cherrypy.lib.reprconf.modules("io") is io


def test_the_old_parser_of_headers_warns() -> None:
    """lib.headers was old in CherryPy already."""
    with pytest.warns(UserWarning, match="parse_header"):
        assert cherrypy.lib.headers.parse_header('a; b="c;d"') == ("a", {"b": "c;d"})


def test_functions_of_tools_work_by_hand() -> None:
    """Cptools and jsontools do for one page what the tools would do."""

    def handler(x):
        cherrypy.lib.cptools.response_headers([("X-By", "hand")])
        cherrypy.lib.cptools.convert_params()
        cherrypy.request._json_inner_handler = lambda: {
            "x": cherrypy.request.params["x"],
            "json": cherrypy.request.json,
        }
        return cherrypy.lib.jsontools.json_handler()

    handler.__annotations__ = {"x": int}
    answer = page(handler).get("/?x=3")

    assert (answer.headers["X-By"], answer.text) == ("hand", '{"x":3,"json":null}')


def test_a_processor_for_json() -> None:
    """json_processor() stands in config."""
    config = {"request.body.processors": {"application/x-own": cherrypy.lib.jsontools.json_processor}}
    asking = page(lambda: repr(cherrypy.request.json), config)

    assert asking.post("/", body=b"[1]", headers={"Content-Type": "application/x-own"}).text == "[1]"


def test_every_function_of_old_names_a_tool() -> None:
    """A name that none of them has is answered by a message."""
    with pytest.raises(AttributeError, match=r"cptools\.prxy"):
        _ = cherrypy.lib.cptools.prxy
    assert [
        name for name in ("accept", "allow", "redirect", "referer") if getattr(cherrypy.lib.cptools, name) is None
    ] == []


def test_steps_of_an_answer_to_an_xmlrpc_client() -> None:
    """Xmlrpcutil reads a call and answers it, with a value or a fault."""

    def handler():
        arguments, name = cherrypy.lib.xmlrpcutil.process_body()
        try:
            cherrypy.lib.xmlrpcutil.respond({"divide": lambda a, b: a / b}[name](*arguments))
        except ZeroDivisionError:
            cherrypy.lib.xmlrpcutil.on_error()
        return b"".join(cherrypy.response.body)

    def call(*numbers):
        answer = page(handler).post("/", body=dumps(numbers, "divide"), headers={"Content-Type": "text/xml"})
        return loads(answer.text)[0]

    assert call(6, 3) == (2.0,)
    with pytest.raises(Fault, match="Something went wrong"):
        call(6, 0)


@pytest.mark.parametrize(("path", "meant"), [("/RPC2/a", "/a/"), ("/RPC2", "/"), ("/a", "/a/"), ("/RPC22/", "/RPC22/")])
def test_paths_of_xmlrpc_clients(path, meant) -> None:
    """patched_path() takes away what they put in front."""
    assert cherrypy.lib.xmlrpcutil.patched_path(path) == meant
