"""Section 6 of the acceptance list: uploads."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import io
import os
import tempfile

import pytest

from kirsch.app.body import Upload
from kirsch.app.legacy import LegacyWarning
from kirsch.compat import cherrypy__cpreqbody as _cpreqbody
from tests.acceptance.sites import mounted


def upload(handler, filename="a.txt", data=b"some data", config=None, kind="text/plain"):
    """What a page that gets a file makes of it."""
    return mounted(handler, config).post("/page", files={"file": (filename, data, kind)}).text


def test_U_01_files_are_objects():
    """A file is an object to stream from, no text."""
    assert upload(lambda file: f"{isinstance(file, str)} {file.file.read(4)}") == "False b'some'"


def test_U_02_fields_and_uploads():
    """What is no str and has a file name is an upload."""

    def page(**kwargs):
        return ",".join(name for name, each in kwargs.items() if not isinstance(each, str) and each.filename)

    files = {"file": ("a.txt", b"data", "text/plain")}

    assert mounted(page).post("/page", data={"field": "text"}, files=files).text == "file"


def test_U_03_read_in_blocks():
    """Its file is read from the beginning, block by block."""

    def page(file):
        return f"{file.file.tell()} {sum(map(len, iter(lambda: file.file.read(8192), b'')))}"

    assert upload(page, data=b"x" * 50_000) == "0 50000"


@pytest.mark.parametrize("size", [5_000, 5_000_000])
def test_U_04_removed_by_itself(size, tmp_path, monkeypatch):
    """When the request is over, its file is closed, and so gone."""
    kept = []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    upload(lambda file: kept.extend((file.file, file.file.name)) or "", data=b"x" * size)

    assert kept[0].closed
    assert (kept[1] is None) == (size == 5_000)  # a large one is on disk, under no name
    assert os.listdir(tmp_path) == []


def test_U_05_storage_can_be_overridden():
    """A class of one's own may keep it elsewhere."""
    made = []

    class Own(Upload):
        def make_file(self):
            made.append(io.BytesIO())
            return made[-1]

    text = upload(lambda file: file.file.read().decode(), config={"/": {"request.body.part_class": Own}})

    assert (text, len(made)) == ("some data", 1)


def test_U_05_by_its_names(monkeypatch):
    """The class of parts, and where it is said, have CherryPy's names, too."""
    made = []

    class Own(_cpreqbody.Part):
        def make_file(self):
            made.append(io.BytesIO())
            return made[-1]

    monkeypatch.setattr(_cpreqbody.Entity, "part_class", Own)

    assert (upload(lambda file: file.file.read().decode()), len(made)) == ("some data", 1)


def test_U_06_field_without_a_file():
    """Only its name is filled."""
    assert upload(lambda file: f"{file.name} {file.filename!r} {file.value}", "", b"") == "file '' b''"


@pytest.mark.parametrize("name", ["a.txt", "häß lich.txt"])
def test_U_07_names(name):
    """The name of the file and of the field."""
    assert upload(lambda file: f"{file.filename} {file.name}", name) == f"{name} file"


def test_U_07_names_of_rfc_2231():
    """As `filename*`, with the charset."""
    head = "Content-Disposition: form-data; name=file; filename*=UTF-8''h%C3%A4%C3%9F.txt"
    body = f"--x\r\n{head}\r\nContent-Type: text/plain\r\n\r\ndata\r\n--x--\r\n"
    client = mounted(lambda file: f"{file.filename} {file.name}")

    assert (
        client.post("/page", body=body, headers={"Content-Type": "multipart/form-data; boundary=x"}).text
        == "häß.txt file"
    )


def test_U_08_value():
    """The whole file as a value, as often as one likes."""
    assert upload(lambda file: f"{file.value} {file.fullvalue()} {file.value}") == "b'some data' some data b'some data'"


def test_U_09_details():
    """Headers and media type of the part; the type by its old name, too."""

    def page(file):
        return f"{file.headers['Content-Type']} {file.content_type.value} {file.disposition.params['filename']}"

    assert upload(page) == "text/plain text/plain a.txt"
    with pytest.warns(LegacyWarning, match="the `type` of an upload is an old name; write `content_type`"):
        assert upload(lambda file: file.type, kind="text/css") == "text/css"
