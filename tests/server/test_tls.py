"""TLS, with certificates of a root of our own and the standard library's client on the other side."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time

import pytest
import trustme

from kirsch.server.settings import Settings
from kirsch.server.tls import TLSError
from tests.server.wire import Client, eventually, serving

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
ROOT = trustme.CA()


class Secured(Client):
    """A client that speaks TLS, and takes an end without goodbye for an accident."""

    def __init__(self, address, context=None, name="a.example"):
        super().__init__(address)
        context = context or trusting()
        try:
            self.sock = context.wrap_socket(self.sock, server_hostname=name, suppress_ragged_eofs=False)
        except OSError:
            self.sock.close()
            raise


def trusting(root=ROOT, certificate=None, version=None):
    """What a client believes, and shows; version: the only one that it speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    root.configure_trust(context)
    if certificate is not None:
        certificate.configure_cert(context)
    if version is not None:
        context.minimum_version = context.maximum_version = version
    return context


@pytest.fixture
def files(tmp_path):
    """Where a certificate for a host is put: (certificate with its chain, key)."""

    def put(*hosts, name="site", root=ROOT, password=None):
        issued = root.issue_cert(*hosts)
        certificate, key = tmp_path / f"{name}.crt", tmp_path / f"{name}.key"
        certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        key.write_bytes(_encrypted(issued.private_key_pem.bytes(), password))
        return str(certificate), str(key)

    return put


def _encrypted(key, password):
    if password is None:
        return key
    from cryptography.hazmat.primitives import serialization

    loaded = serialization.load_pem_private_key(key, None)
    how = serialization.BestAvailableEncryption(password)
    return loaded.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, how
    )  # fmt: skip


def answer(exchange):
    """Says the scheme; `/facts` what TLS says, `/big` a lot, POST what came."""
    target = exchange.head.target
    if exchange.head.method == "POST":
        exchange.reply(200, [], b"%d" % len(exchange.read()))
    elif target == b"/facts":
        lines = [f"{name}={value}" for name, value in (exchange.tls or {}).items()]
        exchange.reply(200, [], "\n".join(lines).encode())
    elif target == b"/big":
        exchange.reply(200, [], b"x" * 3_000_000)
    elif target == b"/stream":
        exchange.start(200, [])
        for _ in range(50):
            exchange.write(b"y" * 20_000)
        exchange.finish()
    else:
        exchange.reply(200, [], exchange.scheme.encode())


@contextlib.contextmanager
def secured(pair, **settings):
    """A server with a certificate, and its address."""
    with serving(answer, ssl_certificate=pair[0], ssl_private_key=pair[1], **settings) as server:
        yield ("127.0.0.1", server.port)


def facts(client):
    """What TLS says, as a dict."""
    body = client.ask(b"GET /facts HTTP/1.1\r\nHost: a\r\n\r\n").body.decode()
    return dict(line.partition("=")[::2] for line in body.split("\n") if "=" in line)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_requests(files, version):
    """Several requests on one connection, by either version; the scheme is https."""
    with secured(files("a.example")) as address, Secured(address, trusting(version=version)) as client:
        for _ in range(3):
            assert client.ask(GET).body == b"https"


@pytest.mark.parametrize(
    ("request_", "size"),
    [
        (b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n", 3_000_000),
        (b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n", 1_000_000),
    ],
)
def test_large_answers(files, request_, size):
    """Answers that fill the send buffer come whole, and the connection goes on."""
    with secured(files("a.example")) as address, Secured(address) as client:
        reply = client.ask(request_)
        assert (len(reply.body), reply.complete) == (size, True)
        assert client.ask(GET).body == b"https"


def test_large_bodies(files):
    """A body of several megabytes is read whole."""
    with secured(files("a.example")) as address, Secured(address) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n" + b"z" * 4_000_000)
        assert client.reply().body == b"4000000"


def test_a_good_end(files):
    """The end of a connection is said by TLS, so that nobody takes it for a cut."""
    with secured(files("a.example")) as address, Secured(address) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert client.reply().body == b"https"
        assert client.sock.recv(1) == b""


def test_what_tls_says(files):
    """Protocol, cipher, the host named, and our own certificate, by the names of mod_ssl."""
    with secured(files("a.example", "b.example")) as address, Secured(address) as client:
        said = facts(client)
    assert (said["HTTPS"], said["SSL_PROTOCOL"], said["SSL_TLS_SNI"]) == ("on", "TLSv1.3", "a.example")
    assert (said["SSL_SERVER_SAN_DNS_0"], said["SSL_SERVER_SAN_DNS_1"]) == ("a.example", "b.example")
    assert said["SSL_CLIENT_VERIFY"] == "NONE"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_versions(files, version):
    """Versions below 1.2 are not spoken."""
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context = trusting(version=version)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with secured(files("a.example")) as address, pytest.raises(OSError):  # noqa: PT011
        Secured(address, context)


def test_no_weak_ciphers(files):
    """TLS 1.2 without forward secrecy or authenticated encryption is refused."""
    context = trusting(version=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers("AES128-SHA:ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
    with secured(files("a.example")) as address, pytest.raises(OSError):  # noqa: PT011
        Secured(address, context)


def test_hosts(files):
    """Each host has its own certificate; what is not named gets the first."""
    others = {"b.example": files("b.example", name="b"), "*.c.example": files("*.c.example", name="c")}
    with secured(files("a.example"), ssl_hosts=others) as address:
        for name in ("a.example", "b.example", "B.example", "x.c.example"):
            with Secured(address, name=name) as client:
                assert client.ask(GET).status == 200
        with pytest.raises(ssl.SSLCertVerificationError):
            Secured(address, name="d.example")


def test_certificates_of_clients(files, tmp_path):
    """A client shows its certificate, and what that says reaches the application; without one it is let in or not."""
    ROOT.cert_pem.write_to_path(str(tmp_path / "root.pem"))
    mine = ROOT.issue_cert("me@a.example", common_name="Mr. Me", organization_name="Us")
    given = {"ssl_client_ca": str(tmp_path / "root.pem")}
    with secured(files("a.example"), ssl_client_verify="optional", **given) as address:
        with Secured(address, trusting(certificate=mine)) as client:
            said = facts(client)
        with Secured(address) as client:
            assert facts(client)["SSL_CLIENT_VERIFY"] == "NONE"
    assert (said["SSL_CLIENT_VERIFY"], said["SSL_CLIENT_S_DN_CN"]) == ("SUCCESS", "Mr. Me")
    assert said["SSL_CLIENT_SAN_Email_0"] == "me@a.example"
    assert said["SSL_CLIENT_CERT"].startswith("-----BEGIN CERTIFICATE-----")
    with secured(files("a.example"), ssl_client_verify="required", **given) as address:
        with pytest.raises(OSError), Secured(address) as client:  # noqa: PT011 - TLS 1.3 tells after the handshake
            client.sock.recv(1)
        with Secured(address, trusting(certificate=mine)) as client:
            assert client.ask(GET).status == 200


def test_plain_http(files):
    """Who speaks plain HTTP is told where to go; what is neither is closed."""
    with secured(files("a.example")) as address:
        with Client(address) as client:
            reply = client.ask(b"GET /page?x=1 HTTP/1.1\r\nHost: a.example:8443\r\n\r\n")
        with Client(address) as other:
            assert other.send(b"\x00\x01\x02").closed()
    assert reply.status == 400
    assert reply.body == b"This port speaks https only: https://a.example:8443/page?x=1\n"


def test_slow_handshakes_hold_nobody(files):
    """A hundred clients that say nothing, or stop within the handshake, cost no thread and are closed in time."""
    hello = _client_hello()
    with secured(files("a.example"), thread_pool=2, thread_pool_max=2, header_timeout=0.5) as address:
        slow = [Client(address).send(hello[: number * 7 % len(hello)]) for number in range(100)]
        began = time.monotonic()
        with Secured(address) as client:
            assert client.ask(GET).body == b"https"
        assert time.monotonic() - began < 0.5
        assert all(client.rest() is not None for client in slow)
        for client in slow:
            client.sock.close()


def _client_hello():
    outgoing = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        trusting().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="a.example").do_handshake()
    return outgoing.read()


def test_a_handshake_in_pieces(files):
    """A handshake that comes octet by octet is made all the same."""
    with secured(files("a.example")) as address, Client(address) as client:
        back, there = ssl.MemoryBIO(), ssl.MemoryBIO()
        side = trusting().wrap_bio(back, there, server_hostname="a.example")
        for _ in range(10):
            with contextlib.suppress(ssl.SSLWantReadError):
                side.do_handshake()
                break
            for octet in there.read():
                client.send(bytes([octet]))
            back.write(client.sock.recv(65536))
        side.write(GET)
        client.send(there.read())
        assert eventually(lambda: b"https" in _read(client, back, side))


def _read(client, back, side):
    back.write(client.sock.recv(65536))
    with contextlib.suppress(ssl.SSLWantReadError):
        return side.read(65536)
    return b""


def test_sessions_go_on(files):
    """A client that comes back shakes hands more briefly."""
    context = trusting(version=ssl.TLSVersion.TLSv1_2)
    with secured(files("a.example")) as address:
        with Secured(address, context) as client:
            client.ask(GET)
            session = client.sock.session
        plain = socket.create_connection(address)
        with context.wrap_socket(plain, server_hostname="a.example", session=session) as again:
            assert again.session_reused


def test_a_new_certificate(files, caplog):
    """A certificate that has changed is taken for new connections; one that cannot be used is told of."""
    pair = files("a.example")
    with serving(answer, ssl_certificate=pair[0], ssl_private_key=pair[1]) as server:
        address = ("127.0.0.1", server.port)
        with Secured(address) as old:
            files("b.example")
            server.refresh()
            with Secured(address, name="b.example") as new:
                assert new.ask(GET).status == old.ask(GET).status == 200
        with open(pair[0], "w", encoding="ascii") as file:
            file.write("this is no certificate")
        server.refresh()
        with Secured(address, name="b.example") as client:
            assert client.ask(GET).status == 200
    assert "cannot be used; the old one goes on" in caplog.text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ssl_certificate": "/none.crt"}, r"server\.ssl_certificate: /none\.crt is not there"),
        ({"ssl_private_key": "/none.key"}, r"server\.ssl_private_key: /none\.key is not there"),
        ({"ssl_private_key": "other"}, r"belongs to another certificate"),
        ({"ssl_private_key": "locked"}, r"is encrypted; set server\.ssl_private_key_password"),
        ({"ssl_private_key": "locked", "ssl_private_key_password": "wrong"}, r"does not open"),
        ({"ssl_ciphers": "NONSENSE"}, r"server\.ssl_ciphers"),
        ({"ssl_private_key": None}, r"there is no private key in .*\.crt|there is no private key in .*\.pem"),
        ({"ssl_certificate": "other"}, r"there is no certificate in"),
    ],
)
def test_what_cannot_be_used(files, change, message):
    """Settings that make no TLS are refused at the start, with the setting and the file."""
    certificate, key = files("a.example")
    keys = {"other": files("b.example", name="b")[1], "locked": files("a.example", name="l", password=b"secret")[1]}
    settings = {"ssl_certificate": certificate, "ssl_private_key": key, **change}
    settings = {name: keys.get(value, value) for name, value in settings.items()}
    with pytest.raises(TLSError, match=message), serving(answer, **settings):
        pass


def test_an_encrypted_key(files):
    """An encrypted key with its password does."""
    pair = files("a.example", password=b"secret")
    with secured(pair, ssl_private_key_password="secret") as address, Secured(address) as client:
        assert client.ask(GET).status == 200


def test_behind_a_proxy(files):
    """A proxy announces its client first; the handshake follows."""
    with secured(files("a.example"), proxy_protocol=["127.0.0.1"]) as address:
        plain = socket.create_connection(address)
        plain.sendall(b"PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n")
        with trusting().wrap_socket(plain, server_hostname="a.example") as client:
            client.sendall(GET)
            assert client.recv(1000).endswith(b"https")


def test_a_ready_context(files):
    """A context of one's own is taken as it is."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*files("a.example"))
    with serving(answer, ssl_context=context) as server, Secured(("127.0.0.1", server.port)) as client:
        assert server.urls[0].startswith("https://")
        assert client.ask(GET).body == b"https"


def test_many_at_once(files):
    """Clients on many threads do not meet each other's bytes."""
    sizes = set()

    def ask(address):
        with Secured(address) as client:
            sizes.update(len(client.ask(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n").body) for _ in range(20))

    with secured(files("a.example")) as address:
        threads = [threading.Thread(target=ask, args=(address,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sizes == {3_000_000}


def test_settings():
    """Without a certificate there is no TLS."""
    assert not Settings().secure
    assert Settings(ssl_certificate="/a.pem").secure
