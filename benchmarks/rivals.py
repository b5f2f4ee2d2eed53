"""Who is measured: one line each. How a rival is set up stands in its file under `apps/`, versions in `rivals.txt`."""

from __future__ import annotations

from dataclasses import dataclass

OURS = "ours"
RIVAL = "rival"
REFERENCE = "reference"
"""A mark to measure by, not a choice for an application: the floor, nginx, servers without a framework in `hello`."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Something that answers HTTP.

    name: what the command line calls it. group: the environment it is installed into, by its name in GROUPS; empty: it
    needs nothing but the Python that runs run.py. packages: those whose versions are reported. module: what an
    application imports (for the import load). canned: its answer does not depend on the request.
    """

    name: str
    title: str
    app: str
    group: str
    packages: tuple[str, ...] = ()
    module: str = ""
    kind: str = RIVAL
    canned: bool = False


GROUPS: dict[str, tuple[str, ...]] = {
    "kirsch": (),  # what our pyproject.toml names
    "cherrypy": ("CherryPy", "cheroot"),
    "threads": ("waitress", "gunicorn", "Flask", "Werkzeug"),
    "granian": ("granian", "uvloop", "falcon", "bottle", "msgspec"),
    "bjoern": ("bjoern", "falcon", "msgspec"),
    "uvicorn": ("uvicorn", "uvloop", "httptools", "starlette"),
    "fastapi": ("fastapi", "pydantic", "uvicorn", "uvloop", "httptools"),
    "litestar": ("litestar", "granian", "uvloop", "msgspec"),
    "robyn": ("robyn",),
}
"""Environments. Rivals that go well together share one; those that may fail to install stand alone."""

_ALL = (
    Rival("kirsch", "Kirsch", "kirsch_full.py", "kirsch", (), "kirsch", OURS),
    Rival("kirsch-raw", "Kirsch, raw WSGI", "kirsch_raw.py", "kirsch", (), "kirsch", OURS),
    Rival("kirsch-cached", "Kirsch, cached", "kirsch_cached.py", "kirsch", (), "kirsch", OURS),
    Rival("cherrypy", "CherryPy", "cherrypy_full.py", "cherrypy", ("CherryPy", "cheroot"), "cherrypy"),
    Rival("falcon-bjoern", "Falcon on bjoern", "falcon_bjoern.py", "bjoern", ("falcon", "bjoern"), "falcon"),
    Rival("falcon-granian", "Falcon on Granian", "falcon_granian.py", "granian", ("falcon", "granian"), "falcon"),
    Rival("bottle-granian", "Bottle on Granian", "bottle_granian.py", "granian", ("bottle", "granian"), "bottle"),
    Rival("flask-waitress", "Flask on waitress", "flask_waitress.py", "threads", ("Flask", "waitress"), "flask"),
    Rival("flask-gunicorn", "Flask on gunicorn", "flask_gunicorn.py", "threads", ("Flask", "gunicorn"), "flask"),
    Rival("fastapi-uvicorn", "FastAPI on uvicorn", "fastapi_uvicorn.py", "fastapi", ("fastapi", "uvicorn"), "fastapi"),
    Rival(
        "litestar-granian",
        "Litestar on Granian",
        "litestar_granian.py",
        "litestar",
        ("litestar", "granian"),
        "litestar",
    ),
    Rival(
        "starlette-uvicorn",
        "Starlette on uvicorn",
        "starlette_uvicorn.py",
        "uvicorn",
        ("starlette", "uvicorn"),
        "starlette.applications",
    ),
    Rival("robyn", "Robyn", "robyn_full.py", "robyn", ("robyn",), "robyn"),
    Rival("cheroot", "cheroot, raw WSGI", "cheroot_raw.py", "cherrypy", ("cheroot",)),
    Rival("waitress", "waitress, raw WSGI", "waitress_raw.py", "threads", ("waitress",)),
    Rival("gunicorn", "gunicorn gthread, raw WSGI", "gunicorn_raw.py", "threads", ("gunicorn",)),
    Rival("granian-wsgi", "Granian, raw WSGI", "granian_wsgi.py", "granian", ("granian",)),
    Rival("granian-asgi", "Granian, raw ASGI", "granian_asgi.py", "granian", ("granian", "uvloop")),
    Rival("uvicorn", "uvicorn, raw ASGI", "uvicorn_raw.py", "uvicorn", ("uvicorn", "uvloop", "httptools")),
    Rival("bjoern", "bjoern, raw WSGI", "bjoern_raw.py", "bjoern", ("bjoern",)),
    Rival("nginx", "nginx", "nginx_return.py", "", (), "", REFERENCE, canned=True),
    Rival("floor", "floor: bare epoll loop", "floor.py", "", (), "", REFERENCE, canned=True),
)

RIVALS: dict[str, Rival] = {rival.name: rival for rival in _ALL}
