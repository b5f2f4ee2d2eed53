"""Windows, as far as another system can play it: to be imported first in a process of its own.

What Python does not have there is taken away, and the few functions of the system that we call are stood in for. `said`
is what has been seen; `handlers` are those of the console; `made` is a list for the one service there is; `ours` are
the names of our modules.
"""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import importlib
import os
import pkgutil
import select
import selectors
import signal
import socket
import sys
import time
import types
import warnings

import kirsch

said, handlers, made = [], [], []

LACKING = {
    os: "O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK WNOHANG chown eventfd fchmod fchown fdatasync fork getegid "
    "geteuid getgid getpgid getpgrp getuid initgroups killpg mkfifo pipe2 posix_fallocate posix_spawn pread preadv "
    "pwrite register_at_fork sched_getaffinity sendfile setgid setgroups setsid setuid sysconf uname wait writev",
    time: "CLOCK_MONOTONIC CLOCK_REALTIME clock_gettime clock_gettime_ns tzset",
    select: "EPOLLET EPOLLIN EPOLLONESHOT EPOLLOUT EPOLLRDHUP POLLIN POLLOUT epoll poll",
    selectors: "EpollSelector PollSelector",
    socket: "AF_UNIX SCM_RIGHTS SO_PEERCRED SO_REUSEPORT TCP_CORK TCP_DEFER_ACCEPT recv_fds send_fds",
    signal: "SIGALRM SIGCHLD SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGTTIN SIGTTOU SIGUSR1 SIGUSR2 SIGWINCH alarm "
    "pause pthread_kill pthread_sigmask setitimer sigwait",
}
"""What is not there, by module."""


class Kernel:
    """kernel32.dll."""

    def SetConsoleCtrlHandler(self, routine, add):  # noqa: N802 - as Windows calls it
        handlers.append(routine) if add else handlers.remove(routine)
        return 1


class ServiceFramework:
    """What pywin32 has services derive from."""

    def __init__(self, args):
        made.append(self)

    def ReportServiceStatus(self, status):  # noqa: N802 - as pywin32 calls it
        said.append(status)


def socketpair():
    """Two sockets that are connected, by way of the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return socket.create_connection(listener.getsockname()), listener.accept()[0]


def leave_home():
    """Forget our own modules, once they have brought what they need of Python as it is on this system. Their names."""
    kirsch.log.screen = False
    names = []
    for each in pkgutil.walk_packages(kirsch.__path__, "kirsch."):
        with contextlib.suppress(ModuleNotFoundError):  # an extra that is not installed
            if not each.name.endswith("__main__"):
                importlib.import_module(each.name)
                names.append(each.name)
    for name in [name for name in sys.modules if name.partition(".")[0] == "kirsch"]:
        del sys.modules[name]
    return names


def arrive():
    """From here on it is Windows, but for its paths."""
    for module, names in LACKING.items():
        for name in names.split():
            vars(module).pop(name, None)
    sys.modules |= dict.fromkeys(("fcntl", "grp", "pwd", "resource", "termios"))
    socket.socketpair = socketpair
    selectors.DefaultSelector = selectors.SelectSelector
    ctypes.WinDLL = lambda name, use_last_error: Kernel()
    pywin32 = types.ModuleType("win32serviceutil")
    pywin32.ServiceFramework = ServiceFramework
    pywin32.ControlService = lambda name, code: made[0].SvcOther(code)
    pywin32.StopService = lambda name: made[0].SvcStop()
    sys.modules |= {"win32serviceutil": pywin32, "msvcrt": types.ModuleType("msvcrt")}
    sys.platform = "win32"


warnings.filterwarnings("ignore", ".* is an old name")  # of modules that say so when they are imported
ours = leave_home()
arrive()
cherrypy = importlib.import_module("kirsch")


class Root:
    """Pages that are sent in different ways."""

    @cherrypy.expose
    def index(self):
        return "Hi"

    @cherrypy.expose
    def stream(self):
        cherrypy.response.stream = True
        return (b"x" * 100_000 for _ in range(50))

    @cherrypy.expose
    def file(self):
        return cherrypy.serve_file(os.path.abspath(__file__))


def ask(path="/"):
    """Have a page."""
    connection = http.client.HTTPConnection(*cherrypy.server.bind_addr, timeout=10)
    connection.request("GET", path)
    body = connection.getresponse().read()
    connection.close()
    said.append(body.decode() if len(body) < 10 else len(body))


cherrypy.config.update({"server.socket_port": 0, "log.screen": False, "engine.autoreload.on": False})
