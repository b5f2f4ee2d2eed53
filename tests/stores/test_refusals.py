"""Servers that are there, and refuse: without a password, without room, to be written, to be trusted."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from time import monotonic

import psycopg
import pytest
import redis
import trustme

from kirsch.stores.opening import open_store
from kirsch.stores.redis import RedisStore
from kirsch.stores.store import AddressError, Full, StoreError, Unavailable
from kirsch.testing.stores import until, value_of
from tests.servers import fixtures
from tests.servers.ports import free_port
from tests.stores.test_failures import works

WHOLE = {"requirepass": "", "maxclients": 1000, "maxmemory": 0}


@pytest.fixture(scope="module")
def servers():
    """A Redis that refuses what it is told to, and its administrator."""
    yield from fixtures.started(fixtures.redis())


@pytest.fixture
def admin(servers):
    """Who tells it; afterwards it takes all again."""
    with redis.Redis.from_url(servers.url) as client:
        yield client
        client.replicaof("NO", "ONE")
        client.config_set(*[each for pair in WHOLE.items() for each in pair])


@pytest.mark.parametrize(
    ("setting", "kind", "words", "lines"),
    [
        ({"requirepass": "sesame"}, Unavailable, "Authentication required", 2),
        ({"maxclients": 1}, Unavailable, "max number of clients", 2),
        ({"maxmemory": 1}, Full, "maxmemory", 0),
    ],
)
def test_redis_that_refuses(servers, admin, caplog, setting, kind, words, lines):
    """Says why, at once; the log has a line when it begins, and one when it is over. Nothing has to be restarted."""
    caplog.set_level("INFO", "kirsch.stores")
    store = open_store(f"{servers.url}?patience=5&client_name={words.split()[0]}")
    admin.config_set(*[each for pair in setting.items() for each in pair])
    for _ in range(3):
        with pytest.raises(kind, match=words):
            store.set("a", b"value")
    admin.config_set(*[each for name in setting for each in (name, WHOLE[name])])

    assert until(lambda: works(store))
    store.close()
    assert len([each for each in caplog.records if each.name == "kirsch.stores"]) == lines


def test_a_replica_of_redis(servers, admin, caplog):
    """It can be read, and says that it cannot be written; then the address is asked anew, as it may lead elsewhere."""
    store = open_store(f"{servers.url}?patience=5&client_name=replica")
    store.set("a", b"value")
    admin.replicaof("127.0.0.1", free_port())
    before = store._client.client_id()
    for _ in range(3):
        with pytest.raises(StoreError, match="read only replica") as caught:
            store.set("a", b"other")
        assert not isinstance(caught.value, Unavailable)
        assert value_of(store, "a") == b"value"
    admin.replicaof("NO", "ONE")

    assert store._client.client_id() != before
    assert works(store)
    store.close()
    assert not [each for each in caplog.records if each.name == "kirsch.stores"]


@pytest.fixture
def database(postgres_server):
    """Its administrator. There is a user who needs a password, and may have one connection at a time."""
    rules = postgres_server.folder / "data" / "pg_hba.conf"
    rules.write_text("host all guarded 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n", "utf-8")
    with psycopg.connect(postgres_server.url, autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS guarded")
        admin.execute("CREATE ROLE guarded LOGIN PASSWORD 'sesame' CONNECTION LIMIT 1")
        admin.execute("SELECT pg_reload_conf()")
        yield admin


@pytest.mark.parametrize(
    ("user", "query", "kind", "words"),
    [
        ("guarded", "", Unavailable, "no password supplied"),
        ("guarded:wrong", "", Unavailable, "password authentication failed"),
        ("guarded:sesame", "table=theirs", StoreError, "permission denied for table theirs"),
        ("kirsch", "options=-cdefault_transaction_read_only%3Don", StoreError, "read-only transaction"),
        ("kirsch", "dbname=elsewhere", Unavailable, 'database "elsewhere" does not exist'),
        ("kirsch", "sslmode=require", Unavailable, "server does not support SSL"),
    ],
)
@pytest.mark.usefixtures("database")
def test_postgres_that_refuses(postgres_server, user, query, kind, words):
    """Says why, at once, and whose password it was is in no message."""
    assert open_store(f"{postgres_server.url}?table=theirs").set("a", b"")
    assert open_store(postgres_server.url).set("a", b"")
    url = postgres_server.url.replace("kirsch@", f"{user}@").removesuffix("/postgres" if "dbname" in query else "")
    store = open_store(f"{url}{'/' if 'dbname' in query else ''}?{query}")
    with pytest.raises(kind, match=words) as caught:
        store.set("a", b"value")
    store.close()

    assert type(caught.value) is kind
    assert "wrong" not in str(caught.value)


def test_a_standby_of_postgres(postgres_server):
    """It can be read; after it has refused a write, the address is asked anew, as it may lead elsewhere."""
    open_store(postgres_server.url).set("a", b"value")
    store = open_store(f"{postgres_server.url}?options=-cdefault_transaction_read_only%3Don&patience=5")
    pids = []
    for _ in range(2):
        assert value_of(store, "a") == b"value"
        pids.append(store._run("SELECT pg_backend_pid()::text").get_value(0, 0))
        with pytest.raises(StoreError, match="read-only"):
            store.set("a", b"other")
    store.close()

    assert len(set(pids)) == 2


def test_all_connections_in_use(postgres_server):
    """One waits for one's turn, as long as one has patience."""
    store = open_store(f"{postgres_server.url}?connections=1&patience=0.1")
    with store._pool.use(), pytest.raises(Unavailable, match=f"^{store.url}: all 1 connections are in use"):
        store.get("a")
    assert until(lambda: works(store))
    store.close()


def test_postgres_with_too_many_clients(postgres_server, database):
    """Somebody else has the only connection: said at once, and over when he leaves."""
    database.execute("DROP TABLE IF EXISTS few, few_locks")
    url = postgres_server.url.replace("kirsch@", "guarded:sesame@")
    database.execute("GRANT CREATE ON SCHEMA public TO guarded")
    with open_store(f"{url}?table=few&patience=5")._pool.use():
        store = open_store(f"{url}?table=few&patience=4")
        with pytest.raises(Unavailable, match="too many connections"):
            store.set("a", b"")
    open_store(f"{url}?table=few&patience=5").close()

    assert until(lambda: works(store))
    store.close()
    database.execute("DROP OWNED BY guarded")


def test_memcached_without_room(memcached_server):
    """What is too large for it is Full, in its words."""
    with pytest.raises(Full, match=r": object too large for cache$"):
        open_store(memcached_server.url).set("a", b"x" * 2_000_000)


@pytest.mark.slow
def test_a_client_of_a_cluster():
    """Which somebody has made himself: a store lists its keys over all servers, too."""
    daemon = fixtures.redis()
    # A port of the bus of our own: the usual one, 10,000 above, may be somebody's who calls.
    daemon.command += ["--cluster-enabled", "yes", "--cluster-port", str(free_port())]
    for _ in fixtures.started(daemon):
        with redis.Redis.from_url(daemon.url) as admin:
            admin.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
            assert until(lambda: b"cluster_state:ok" in admin.execute_command("CLUSTER", "INFO"))
        store = RedisStore(redis.RedisCluster(host="127.0.0.1", port=daemon.port))
        for key in ("a:1", "a:2", "b:1"):
            store.set(key, b"value", None, None)
        counted = [store.count(prefix) for prefix in ("", "a:", "c:")]
        store.clear("a:")
        assert (counted, store.count(), works(store)) == ([3, 2, 0], 1, True)
        store.close()


# -- TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Who is trusted: the file that says so, and that of a certificate with its key for 127.0.0.1."""
    folder, made = tmp_path_factory.mktemp("authority"), trustme.CA()
    made.cert_pem.write_to_path(folder / "ca.pem")
    issued = made.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    return folder


@contextmanager
def secured(url, trusted, distrusted):
    """The store of a server with TLS; who does not know its authority is told so, and nothing hangs where it does."""
    with pytest.raises(Unavailable, match="certificate"):
        open_store(url + distrusted).get("a")
    store = open_store(url + trusted)
    assert until(lambda: works(store))
    yield store
    store.close()


def test_redis_by_tls(authority):
    """Its certificate is verified unless one says otherwise, and a file that is not there is said at the start."""
    daemon, port = fixtures.redis(), free_port()
    pem = str(authority / "server.pem")
    daemon.command += ["--tls-port", str(port), "--tls-cert-file", pem, "--tls-key-file", pem]
    daemon.command += ["--tls-ca-cert-file", str(authority / "ca.pem"), "--tls-auth-clients", "no"]
    for _ in fixtures.started(daemon):
        url = f"rediss://127.0.0.1:{port}/0?patience=0.5"
        with secured(url, f"&ssl_ca_certs={authority}/ca.pem", "") as store:
            store.close()
            daemon.pause()
            begin = monotonic()
            assert not works(store)
            assert monotonic() - begin < 5
            daemon.resume()
            assert until(lambda: works(store))
        with pytest.raises(AddressError, match=r"there is no file /no/ca\.pem"):
            open_store(f"{url}&ssl_ca_certs=/no/ca.pem")
        with pytest.raises(Unavailable):
            open_store(f"redis://127.0.0.1:{port}/0").get("a")


def test_postgres_by_tls(postgres_server, database, authority):
    """As its own programs do it: `sslmode=verify-full` and whom to trust."""
    data = postgres_server.folder / "data"
    for name in ("server.crt", "server.key"):
        shutil.copy(authority / "server.pem", data / name)
        (data / name).chmod(0o600)
        if postgres_server.user:
            shutil.chown(data / name, postgres_server.user)
    database.execute("ALTER SYSTEM SET ssl = on")
    database.execute("SELECT pg_reload_conf()")
    try:
        query = "?patience=5&sslmode=verify-full&sslrootcert="
        until(lambda: psycopg.connect(f"{postgres_server.url}?sslmode=require").close() is None)
        with secured(postgres_server.url + query, f"{authority}/ca.pem", "/no/ca.pem") as store:
            assert b"TLS" in store._run("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()").get_value(0, 0)
    finally:
        database.execute("ALTER SYSTEM RESET ssl")
        database.execute("SELECT pg_reload_conf()")
