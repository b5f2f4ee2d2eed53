"""Giving up root's rights once they have served their purpose: a low port is bound by then."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kirsch.process.plugin import Plugin, priority

if TYPE_CHECKING:
    from kirsch.process.bus import Bus

try:
    import grp
    import pwd
except ImportError:  # Windows has no such users
    HAS_USERS = False
else:
    HAS_USERS = True


class DropPrivileges(Plugin):
    """Goes on as another user and group, with another umask, once the server listens; None leaves each as it is.

    uid, gid: number or name. Without a gid, a user's own groups go with it. The process cannot listen on a low port
    again afterwards, so it cannot restart itself there: turn off the autoreloader, which does.
    """

    def __init__(
        self,
        bus: Bus,
        umask: int | None = None,
        uid: int | str | None = None,
        gid: int | str | None = None,
    ) -> None:
        super().__init__(bus)
        self.umask = umask
        self.uid = uid
        self.gid = gid
        self.finalized = False

    @property
    def uid(self) -> int | None:
        """The user; a name is looked up when it is set (LookupError)."""
        return self._uid

    @uid.setter
    def uid(self, user: int | str | None) -> None:
        self._uid = self._resolved(user, "user")

    @property
    def gid(self) -> int | None:
        """The group; likewise."""
        return self._gid

    @gid.setter
    def gid(self, group: int | str | None) -> None:
        self._gid = self._resolved(group, "group")

    def _resolved(self, wanted: int | str | None, kind: str) -> int | None:
        if wanted is None or not HAS_USERS:
            if wanted is not None:
                self.bus.log(f"There are no {kind}s to change to on this system; {wanted!r} is ignored.", level=30)
            return None
        if isinstance(wanted, int):
            return wanted
        try:
            return pwd.getpwnam(wanted).pw_uid if kind == "user" else grp.getgrnam(wanted).gr_gid
        except KeyError:
            raise LookupError(f"there is no {kind} {wanted!r} on this system") from None

    @priority(77)
    def start(self) -> None:
        """Change user, group and umask, once; the second time only says who we are. Raises PermissionError."""
        if HAS_USERS and not self.finalized:
            self._change_user()
        if self.umask is not None and not self.finalized:
            old = os.umask(self.umask)
            self.bus.log(f"umask old: {old:03o}, new: {self.umask:03o}")
        self.finalized = True

    def _change_user(self) -> None:
        if self.uid is None and self.gid is None:
            return
        self.bus.log(f"Started as {_present()}")
        try:
            self._change_groups()
            if self.uid is not None:
                os.setuid(self.uid)
        except PermissionError:
            raise PermissionError(
                f"only root can become another user or group; this process is {_present()}: start it as root, or leave "
                "out uid and gid"
            ) from None
        self.bus.log(f"Running as {_present()}")

    def _change_groups(self) -> None:
        """First, as only root may do so: nothing of root's groups must stay."""
        if self.gid is not None:
            os.setgroups([])
            os.setgid(self.gid)
        elif self.uid is not None:
            try:
                user = pwd.getpwuid(self.uid)
            except KeyError:
                os.setgroups([])
                return
            os.initgroups(user.pw_name, user.pw_gid)
            os.setgid(user.pw_gid)


def _present() -> str:
    return f"uid: {os.getuid()}, gid: {os.getgid()}, groups: {sorted(os.getgroups())}"
