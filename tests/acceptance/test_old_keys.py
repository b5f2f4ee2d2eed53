"""Section 18 of the acceptance list: each old key of config, with its effect, and what is said of it and where."""

from __future__ import annotations

import pytest

import kirsch as cherrypy
from kirsch.app.legacykeys import FILTERS, KEYS
from kirsch.app.place import ConfigError
from kirsch.process.channels import ChannelFailures
from tests.acceptance.sites import Users, told
from tests.acceptance.ways import MEMORY, only

pytestmark = [only(MEMORY, why="nothing is asked")]

OF_THE_PROCESS = [
    ("server.environment", "environment", "'test_suite'"),
    ("server.log_to_screen", "log.screen", "False"),
    ("server.log_file", "log.error_file", "'{folder}/errors'"),
    ("server.log_access_file", "log.access_file", "'{folder}/visits'"),
    ("server.log_tracebacks", "tools.log_tracebacks.on", "False"),
    ("server.log_request_headers", "tools.log_headers.on", "False"),
    ("server.show_tracebacks", "request.show_tracebacks", "False"),
    ("server.throw_errors", "request.throw_errors", "True"),
    ("server.default_content_type", "response.headers.Content-Type", "'text/css'"),
    ("autoreload.on", "engine.autoreload.on", "False"),
    ("autoreload.frequency", "engine.autoreload.frequency", "5"),
    ("engine.autoreload_on", "engine.autoreload.on", "False"),
    ("engine.autoreload_frequency", "engine.autoreload.frequency", "5"),
    ("engine.autoreload_match", "engine.autoreload.match", "'mine'"),
    ("engine.reload_files", "engine.autoreload.files", "['mine']"),
]
"""Old key, that of today, and a value for both."""

OF_A_PATH = [
    ("stream_response", "response.stream", "True"),
    ("streamResponse", "response.stream", "True"),
    ("static_filter.on", "tools.staticdir.on", "False"),
    ("static_filter.dir", "tools.staticdir.dir", "'{folder}'"),
    ("static_filter.match", "tools.staticdir.match", "'css$'"),
    ("static_filter.index", "tools.staticdir.index", "'index.html'"),
    ("static_filter.content_types", "tools.staticdir.content_types", "{'rss': 'application/xml'}"),
    ("static_filter.file", "tools.staticfile.filename", "'{folder}/style.css'"),
    ("gzip_filter.on", "tools.gzip.on", "True"),
    ("gzip_filter.compresslevel", "tools.gzip.compress_level", "9"),
    ("gzip_filter.mime_types", "tools.gzip.mime_types", "['text/css']"),
    ("encoding_filter.on", "tools.encode.on", "True"),
    ("encoding_filter.encoding", "tools.encode.encoding", "'latin-1'"),
    ("encoding_filter.default_encoding", "tools.encode.default_encoding", "'latin-1'"),
    ("encoding_filter.errors", "tools.encode.errors", "'replace'"),
    ("decoding_filter.on", "tools.decode.on", "True"),
    ("decoding_filter.encoding", "tools.decode.encoding", "'latin-1'"),
    ("decoding_filter.default_encoding", "tools.decode.default_encoding", "'latin-1'"),
    ("cache_filter.on", "tools.caching.on", "True"),
    ("cache_filter.delay", "tools.caching.delay", "60"),
    ("cache_filter.maxobjects", "tools.caching.maxobjects", "10"),
    ("cache_filter.maxobjsize", "tools.caching.maxobj_size", "1000"),
    ("cache_filter.maxsize", "tools.caching.maxsize", "10000"),
    ("session_filter.on", "tools.sessions.on", "True"),
    ("session_filter.timeout", "tools.sessions.timeout", "5"),
    ("session_filter.storage_type", "tools.sessions.storage_type", "'ram'"),
    ("session_filter.storage_path", "tools.sessions.storage_path", "'{folder}'"),
    ("session_filter.locking", "tools.sessions.locking", "'explicit'"),
    ("session_filter.cookie_name", "tools.sessions.name", "'mine'"),
    ("session_filter.cookie_domain", "tools.sessions.domain", "'a.example'"),
    ("session_filter.cookie_secure", "tools.sessions.secure", "True"),
    ("session_filter.cookie_path", "tools.sessions.path", "'/mine'"),
    ("session_filter.clean_up_delay", "tools.sessions.clean_freq", "5"),
    ("base_url_filter.on", "tools.proxy.on", "True"),
    ("base_url_filter.base_url", "tools.proxy.base", "'http://a.example'"),
    ("response_headers_filter.on", "tools.response_headers.on", "True"),
    ("response_headers_filter.headers", "tools.response_headers.headers", "[('X-One', '1')]"),
    ("xmlrpc_filter.encoding", "tools.xmlrpc.encoding", "'latin-1'"),
    ("hooks.before_main", "hooks.before_handler", "'builtins.print'"),
]
"""Likewise. The others need more: see test_old_names.py for static_filter.root, base_url_filter.use_x_forwarded_host,
virtual_host_filter; test_config.py for xmlrpc_filter.on; test_sessions.py for what storage_type says by itself.
"""

SEE_ABOVE = {"base_url_filter.use_x_forwarded_host", "xmlrpc_filter", "virtual_host_filter"}


@pytest.fixture
def written(tmp_path):
    """Writes a file with a section of one key, for config; its value may name the folder."""

    def write(section, key, value):
        path = tmp_path / "old.conf"
        path.write_text(f"[{section}]\n\n{key} = {value}\n".replace("{folder}", str(tmp_path)))
        return str(path)

    yield write
    cherrypy.log.error_file = cherrypy.log.access_file = ""


def said(path, section, old, new):
    """What is said of an old key."""
    return f"{path}, line 3: [{section}]: {old} is an old name; write {new}"


@pytest.fixture
def _reloader(monkeypatch):
    """It may be set up in any way."""
    for name in ("frequency", "match", "files"):
        monkeypatch.setattr(cherrypy.engine.autoreload, name, getattr(cherrypy.engine.autoreload, name))
    yield
    cherrypy.engine.autoreload.subscribe()


@pytest.mark.usefixtures("_reloader")
@pytest.mark.parametrize(("old", "new", "value"), OF_THE_PROCESS, ids=[old for old, *_ in OF_THE_PROCESS])
def test_a_key_of_the_process(written, old, new, value):
    """It does what its key of today would, in the one config and the other."""
    with told():
        cherrypy.config.update(written("global", new, value))
    expected = dict(cherrypy.config)
    cherrypy.config.reset()
    path = written("global", old, value)
    with told(said(path, "global", old, new)):
        cherrypy.config.update(path)

    assert dict(cherrypy.config) == expected
    assert new in expected


@pytest.mark.parametrize(("old", "new", "value"), OF_A_PATH, ids=[old for old, *_ in OF_A_PATH])
def test_a_key_of_a_path(written, old, new, value):
    """Likewise, in the config of an application."""
    with told():
        expected = cherrypy.tree.mount(Users(), "", written("/users", new, value)).config["/users"]
    path = written("/users", old, value)
    with told(said(path, "/users", old, new)):
        app = cherrypy.tree.mount(Users(), "", path)

    assert app.config["/users"] == expected
    assert new in expected


def test_all_old_keys_are_in_the_tables():
    """Those of the code, and those of each filter."""
    tested = {old for old, *_ in OF_THE_PROCESS + OF_A_PATH}

    assert KEYS.keys() - tested - SEE_ABOVE == set()
    assert {word for word in FILTERS if not any(old.startswith(word) for old in tested)} == {"virtual_host_filter"}


@pytest.mark.parametrize(
    "key",
    ["static_filter", "gzip_filter", "encoding_filter", "decoding_filter", "cache_filter",
     "base_url_filter", "response_headers_filter", "xmlrpc_filter"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::kirsch.app.legacy.LegacyWarning")
def test_what_cannot_be_honoured(written, key):
    """Is an error with its place, as it would be by the name of today."""
    path = written("/users", f"{key}.nonesuch", "1")
    with pytest.raises(ConfigError, match=rf"{path}, line 3: \[/users\].*nonesuch"):
        cherrypy.tree.mount(Users(), "", path)


@pytest.mark.usefixtures("live")
@pytest.mark.filterwarnings("ignore::kirsch.app.legacy.LegacyWarning")
def test_what_no_session_can_honour():
    """A storage may have settings of its own, so that it is known at the start."""
    cherrypy.tree.mount(Users(), "", {"/": {"session_filter.on": True, "session_filter.nonesuch": 1}})
    with pytest.raises(ChannelFailures) as failures:
        cherrypy.engine.start()

    assert "[/] tools.sessions: there is no setting tools.sessions.nonesuch" in str(failures.value.get_instances()[0])


@pytest.mark.parametrize("key", ["server.nonesuch", "engine.nonesuch", "engine.autoreload.nonesuch", "log.nonesuch"])
def test_unknown_keys(written, key):
    """Those of the process, too."""
    path = written("global", key, "1")
    with pytest.raises(ConfigError, match=rf"{path}, line 3: \[global\].*{key}"):
        cherrypy.config.update(path)
