"""Section 6 of the acceptance list: uploads."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import io

import pytest

from kirsch.app.body import Upload
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
    assert (
        upload(lambda file: str(sum(map(len, iter(lambda: file.file.read(8192), b"")))), data=b"x" * 50_000) == "50000"
    )


@pytest.mark.parametrize("size", [5_000, 5_000_000])
def test_U_04_removed_by_itself(size):
    """When the request is over, its file is closed, and so gone."""
    kept = []
    upload(lambda file: kept.append(file.file) or "", data=b"x" * size)

    assert kept[0].closed


def test_U_05_storage_can_be_overridden():
    """A class of one's own may keep it elsewhere."""
    made = []

    class Own(Upload):
        def make_file(self):
            made.append(io.BytesIO())
            return made[-1]

    text = upload(lambda file: file.file.read().decode(), config={"/": {"request.body.part_class": Own}})

    assert (text, len(made)) == ("some data", 1)


def test_U_06_field_without_a_file():
    """Only its name is filled."""
    assert upload(lambda file: f"{file.name} {file.filename!r} {file.value}", "", b"") == "file '' b''"


@pytest.mark.parametrize("name", ["a.txt", "häß lich.txt"])
def test_U_07_names(name):
    """The name of the file and of the field."""
    assert upload(lambda file: f"{file.filename} {file.name}", name) == f"{name} file"


def test_U_08_value():
    """The whole file as a value, as often as one likes."""
    assert upload(lambda file: f"{file.value} {file.fullvalue()} {file.value}") == "b'some data' some data b'some data'"


def test_U_09_details():
    """Headers and media type of the part; the type by its old name, too."""
    assert upload(lambda file: f"{file.headers['content-type']} {file.content_type.value}") == "text/plain text/plain"
    with pytest.warns(UserWarning, match="write `content_type`"):
        assert upload(lambda file: file.type, kind="text/css") == "text/css"
