from __future__ import annotations

import os
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.filepaths import OutsideError, file_name
from kirsch.http.urls import split_target

SEGMENTS = st.sampled_from(
    [
        "a",
        "b.css",
        "",
        ".",
        "..",
        "...",
        ".git",
        ".well-known",
        "..%2Fx",
        "%252F",
        "a\\b",
        "..\\..",
        "C:",
        "é",
        " ",
        "con",
    ]
) | st.text(string.printable + "\0é", max_size=4)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("", ""),
        ("/", ""),
        ("a.css", "a.css"),
        ("js/my.min.js", "js/my.min.js"),
        ("a//b", "a/b"),
        ("./a/./b/", "a/b"),
        ("a/../b", "b"),
        ("a/..", ""),
        ("é/ü ö.txt", "é/ü ö.txt"),
        ("12:30.txt", "12:30.txt"),
        ("aux.js", "aux.js"),
        ("a%252Fb", "a%2Fb"),
        ("100%", "100%"),
        (".well-known/acme-challenge/x", ".well-known/acme-challenge/x"),
        (".git/config", None),
        ("a/.htaccess", None),
        ("...", None),
        ("a\\b", None),
        ("..\\secret", None),
        ("C:/windows/win.ini", None),
        ("a/c:b", None),
        ("..%2Fsecret", None),
        ("a%2fb", None),
        ("a\0b", None),
    ],
)
def test_names(path, name):
    """The name of the file that a path means, or None where no file has it."""
    assert file_name(path, windows=False) == name


@pytest.mark.parametrize("path", ["..", "../x", "a/../../x", "a/b/../../../x", "./..", "//../x"])
def test_the_way_out(path):
    """Is told from what is only not there."""
    with pytest.raises(OutsideError):
        file_name(path)


@pytest.mark.parametrize(
    "path",
    [
        "con",
        "CON.txt",
        "a/nul",
        "aux.js",
        "com1",
        "LPT9.log",
        "com\xb9",
        "CONIN$",
        "prn .txt",
        "a.",
        "a ",
        "ab:c",
        "a<b",
    ],
)
def test_names_that_windows_understands_otherwise(path):
    """Devices, streams of files, and names that lose their ends."""
    assert file_name(path, windows=True) is None
    assert file_name(path, windows=False) == path


def test_hidden_names_if_wanted():
    """With dotfiles, a dot at the beginning is a letter like others."""
    assert file_name("a/.git/config", dotfiles=True) == "a/.git/config"


@given(st.lists(SEGMENTS, max_size=6).map("/".join), st.booleans(), st.booleans())
def test_no_name_leads_out(path, dotfiles, windows):
    """Whatever comes, a name stays below the directory, as the system would read it, and has no second meaning."""
    try:
        name = file_name(path, dotfiles=dotfiles, windows=windows)
    except OutsideError:
        return
    if name:
        parts = name.split("/")
        assert os.path.normpath(f"/root/{name}") == f"/root/{name}"
        assert not any(part in ("", ".", "..") or "\0" in part or "\\" in part for part in parts)
        assert dotfiles or all(part[0] != "." or part == ".well-known" for part in parts)


@given(
    st.lists(st.text(string.ascii_letters + string.digits + "._-%é ", min_size=1, max_size=8), min_size=1, max_size=4)
)
def test_each_file_can_be_asked_for(parts):
    """A name that has been escaped for a URL comes back as itself, if it is one."""
    target = "/" + "/".join("".join(f"%{octet:02X}" for octet in part.encode()) for part in parts)
    path, _ = split_target(target.encode())
    if all(part not in (".", "..") for part in parts):
        assert file_name(path[1:], dotfiles=True, windows=False) == "/".join(parts)
