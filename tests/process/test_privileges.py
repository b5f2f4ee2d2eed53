"""Dropping privileges: looked up, changed once, refused clearly."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from kirsch.process.channels import ChannelFailures
from kirsch.process.privileges import HAS_USERS, DropPrivileges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kirsch.process.bus import Bus
    from tests.process.conftest import Program

if not HAS_USERS:
    pytest.skip("this system has no users to change to", allow_module_level=True)

root_only = pytest.mark.skipif(os.getuid() != 0, reason="only root may become another user")


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """The umask of the tests stays what it was."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


def test_names_are_looked_up(bus: Bus) -> None:
    """Users and groups may be given by name or number; the start of the bus does nothing to None."""
    plugin = DropPrivileges(bus, uid="root", gid=0)
    assert (plugin.uid, plugin.gid) == (0, 0)
    assert DropPrivileges(bus).uid is None


@pytest.mark.parametrize("kind", ["uid", "gid"])
def test_unknown_names(bus: Bus, kind: str) -> None:
    """A name that nobody has is refused when it is set."""
    with pytest.raises(LookupError, match="nobody-has-this-name"):
        DropPrivileges(bus, **{kind: "nobody-has-this-name"})


def test_umask(bus: Bus, lines: list[str]) -> None:
    """The umask is set once, and said."""
    with DropPrivileges(bus, umask=0o027) as plugin:
        bus.start()
        assert plugin.finalized
    assert os.umask(0o027) == 0o027
    assert [line for line in lines if line.startswith("umask old: ") and line.endswith("new: 027")]


@root_only
def test_another_user(run: Callable[[str], Program]) -> None:
    """Root becomes the user with that user's groups and none of its own, and cannot go back."""
    program = run("""
import pwd
from kirsch.process.privileges import DropPrivileges
os.setgroups([0, 4])
DropPrivileges(bus, uid="nobody").subscribe()
bus.start()
nobody = pwd.getpwnam("nobody")
assert (os.getuid(), os.getgid()) == (nobody.pw_uid, nobody.pw_gid)
assert set(os.getgroups()) == {nobody.pw_gid}, os.getgroups()
try:
    os.setuid(0)
except PermissionError:
    print("no way back", flush=True)
bus.exit()
""")
    status, out, errors = program.end()
    assert (status, errors) == (0, "")
    assert "no way back" in out


@root_only
def test_without_the_right(run: Callable[[str], Program]) -> None:
    """A process that is not root is told what to do, and the start fails."""
    program = run("""
from kirsch.process.privileges import DropPrivileges
os.setuid(65534)
DropPrivileges(bus, uid=1).subscribe()
bus.start()
""")
    status, out, _ = program.end()
    assert status == 1
    assert "start it as root, or leave out uid and gid" in out


def test_failure_is_raised(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses fails the start."""

    def refuse(_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setuid", refuse)
    monkeypatch.setattr(os, "initgroups", lambda *_: None)
    monkeypatch.setattr(os, "setgid", refuse)
    with DropPrivileges(bus, uid=0), pytest.raises(ChannelFailures) as failures:
        bus.start()
    assert "only root can become another user" in str(failures.value)
