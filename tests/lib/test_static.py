from __future__ import annotations

import io
from pathlib import Path

import pytest

from kirsch.app.context import present
from kirsch.lib import static
from tests.app.pages import page


def made():
    """What has been put into the response."""
    return present().response.page


@pytest.mark.parametrize(
    "serve",
    [
        lambda path: static.serve_file(path, "text/x-own", None, None, debug=True),
        lambda path: static.serve_fileobj(io.BytesIO(Path(path).read_bytes()), "text/x-own", debug=True),
        lambda path: static.staticfile(path, content_types={"css": "text/x-own"}) and made(),
        lambda path: static.staticdir("/", path.rpartition("/")[0], content_types={"css": "text/x-own"}) and made(),
    ],
)
def test_files_by_old_names(tmp_path, serve):
    """With the old arguments, by position and by name."""
    (tmp_path / "a.css").write_text("a")
    answer = page(lambda *_: serve(str(tmp_path / "a.css"))).get("/a.css")

    assert (answer.text, answer.headers["Content-Type"]) == ("a", "text/x-own;charset=utf-8")


def test_downloads_and_types():
    """The other names that applications use."""
    assert static.types_map[".ico"] == "image/x-icon"
    assert callable(static.serve_download)
