from __future__ import annotations

import time

import pytest

import kirsch
from kirsch.app.place import ConfigError
from kirsch.http.credentials import parse_challenges
from kirsch.http.digest import Digest, Nonces, ha1, hashed
from kirsch.stores.memory import MemoryStore
from kirsch.stores.store import Unavailable
from kirsch.testing.client import Client
from kirsch.toolbox.auth_digest import (
    get_ha1_dict,
    get_ha1_dict_plain,
    get_ha1_file_htdigest,
    takes_algorithm,
    users_by_hash,
)
from tests.app.pages import LonelyApplication, page, start

KEY = "a565c27146791cfb"
USERS = {"ada": "löve lace", "Jäs": "x"}


def who(*args, **params):
    """The page: who asks, and what for."""
    return f"{kirsch.request.login} {''.join(args)} {params}"


def config(**settings):
    """Settings of the tool, with what it needs."""
    settings = {"on": True, "realm": "A realm", "get_ha1": get_ha1_dict_plain(USERS), "key": KEY, **settings}
    return {f"tools.auth_digest.{name}": value for name, value in settings.items()}


def client(handler=who, **settings):
    """A client of a guarded page."""
    return page(handler, config(**settings))


class Person:
    """A client by the RFC, who may do anything wrong that a test wants."""

    def __init__(self, client, user="ada", password="löve lace"):
        self.client, self.user, self.password = client, user, password
        self.challenges = []
        self.count = 0
        self.learn(client.get("/"))

    def learn(self, answer):
        self.challenges = parse_challenges(answer.headers.get("WWW-Authenticate", ""))
        self.count = 0
        return answer

    def authorization(self, method, path, body=b"", **changed):
        said = self.challenges[changed.pop("which", 0)].params
        self.count += 1
        digest = Digest(
            self.user, said["realm"], said["nonce"], path, "", said["algorithm"], "cnonce", said["opaque"],
            changed.pop("qop", "auth"), f"{changed.pop('count', self.count):08x}",
        )  # fmt: skip
        known = ha1(digest.algorithm, self.user, digest.realm, self.password)
        digest = digest._replace(response=digest.expected(known, method, hashed(digest.algorithm, body)))
        params = digest._asdict() | changed
        params["userhash"] = "true" if params["userhash"] else "false"
        return "Digest " + ", ".join(f'{name}="{value}"' for name, value in params.items() if value is not None)

    def ask(self, path="/", method="GET", body=None, **changed):
        value = self.authorization(method, path, body or b"", **changed)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        headers = {"Authorization": value.encode().decode("latin-1"), **kind}
        return self.client.request(method, path, headers=headers, **({"body": body} if body else {}))


def stale(answer):
    """Whether the client is told that only its nonce was wrong."""
    return (
        answer.status == 401 and parse_challenges(answer.headers["WWW-Authenticate"])[0].params.get("stale") == "true"
    )


@pytest.mark.parametrize("algorithm", ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"])
def test_who_knows_the_password_is_let_in(algorithm):
    """By each algorithm, again and again with one nonce; and nobody else."""
    guarded = client(algorithms=[algorithm.lower()])
    person = Person(guarded, "Jäs", "x")

    assert [person.ask("/a?b=%20c").text for _ in range(3)] == ["Jäs a {'b': ' c'}"] * 3
    assert Person(guarded, "ada", "x").ask().status == 401
    assert Person(guarded, "nobody", "x").ask().status == 401
    assert not stale(Person(guarded, "nobody", "x").ask())


@pytest.mark.parametrize(
    ("settings", "algorithms"),
    [
        ({}, ["SHA-256", "MD5"]),
        ({"get_ha1": lambda realm, username: None}, ["MD5"]),
        ({"get_ha1": lambda realm, username, algorithm: None}, ["SHA-256", "MD5"]),
        ({"get_ha1": get_ha1_dict({"ada": "0" * 32})}, ["MD5"]),
        ({"get_ha1": get_ha1_dict({"ada": {"SHA-256": "0", "MD5": "1"}, "bob": {"SHA-256": "0"}})}, ["SHA-256"]),
        ({"algorithms": ["SHA-512-256", "SHA-256"]}, ["SHA-512-256", "SHA-256"]),
    ],
)
def test_what_is_on_offer(settings, algorithms):
    """One line for each algorithm that get_ha1 has, the best first, each with the same nonce."""
    lines = client(**settings).get("/").headers.getall("WWW-Authenticate")
    found = [parse_challenges(line)[0] for line in lines]

    assert [each.params["algorithm"] for each in found] == algorithms
    assert len({each.params["nonce"] for each in found}) == 1
    assert all(f"algorithm={name}, qop=" in line for name, line in zip(algorithms, lines, strict=True))


def test_clients_that_know_the_second_only():
    """May take it."""
    assert Person(client()).ask(which=1).text.startswith("ada")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"uri": "/other"}, 400),
        ({"uri": "/?x=1"}, 400),
        ({"response": "0" * 64}, 401),
        ({"username": "Jäs"}, 401),
        ({"realm": "Another"}, 401),
        ({"opaque": "another"}, 401),
        ({"opaque": None}, 200),
        ({"qop": "auth-int"}, 401),
        ({"qop": ""}, 400),
        ({"nonce": "a nonce"}, 401),
        ({"algorithm": "SHA-512-256"}, 401),
        ({"algorithm": "ROT13"}, 400),
        ({"userhash": True}, 401),
        ({"nc": "1"}, 400),
        ({"response": None}, 400),
    ],
)
def test_what_does_not_fit(changed, status):
    """Against the rules is a 400, and so is another address than the one that is asked for (RFC 7616 §3.4.6)."""
    assert Person(client()).ask(**changed).status == status


def test_what_was_sent_once_is_worth_nothing():
    """Replayed at the same page it is stale, and at another one, or by another method, it is refused."""
    guarded = client()
    person = Person(guarded)
    sent = {"headers": {"Authorization": person.authorization("GET", "/")}}

    assert guarded.get("/", **sent).status == 200
    assert stale(guarded.get("/", **sent))
    assert guarded.get("/other", **sent).status == 400
    assert guarded.delete("/", **sent).status == 401


def test_requests_out_of_order():
    """Browsers send several at once: each count is good once, in any order."""
    person = Person(client())

    assert [person.ask(count=count).status for count in (5, 2, 4, 2, 1, 5, 200, 3)] == [
        200, 200, 200, 401, 200, 401, 200, 401,
    ]  # fmt: skip


def test_an_old_nonce(monkeypatch):
    """Is stale: whoever knows the password gets another one without being asked."""
    person = Person(client(lifetime=60))
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 61)

    assert stale(person.ask())
    assert not stale(person.ask(response="0" * 64))


@pytest.mark.parametrize("settings", [{}, {"key": "another key"}])
def test_a_nonce_of_an_earlier_life(settings, monkeypatch):
    """After a restart counts are forgotten: what was handed out before it is stale, with the same key or another."""
    person = Person(client())
    now = time.time() + 1
    monkeypatch.setattr("time.time", lambda: now)
    person.client = client(**settings)

    answer = person.learn(person.ask())

    assert stale(answer)
    assert person.ask().status == 200


def test_keys_are_changed_one_after_the_other():
    """Of several the first makes nonces, and what another one has made is good."""
    old = Nonces(["old key"], "A realm").make()
    guarded = client(key=["new key", "old key"], store=MemoryStore())
    person = Person(guarded)
    person.challenges[0].params["nonce"] = old

    assert person.ask().status == 200


def test_applications_count_for_themselves():
    """Two with one key and realm do not know of each other's requests; a change of config makes nobody forget."""

    class Root:
        default = staticmethod(kirsch.expose(who))

    applications = [LonelyApplication(Root(), "", {"/": config()}) for _ in range(2)]
    other, one = (Person(Client(application)) for application in applications)
    sent = {"headers": {"Authorization": one.authorization("GET", "/")}}

    assert [each.client.get("/", **sent).status for each in (one, other)] == [200, 200]
    applications[1].merge({"/": config(debug=True)})
    assert stale(one.client.get("/", **sent))


def test_processes_count_together():
    """With a store, what was sent to one is worth nothing at the other, and nonces outlive a restart."""
    store = MemoryStore()
    one, other = client(store=store), client(store=store)
    person = Person(one)
    sent = {"headers": {"Authorization": person.authorization("GET", "/")}}

    assert one.get("/", **sent).status == 200
    assert stale(other.get("/", **sent))
    person.client = other
    assert person.ask().status == 200


@pytest.mark.parametrize(("shared", "status"), [("memory:digest-of-workers", 200), ("", 401)])
def test_workers_have_one_key_and_count_together(monkeypatch, shared, status):
    """Without a key and a store in config; other processes have keys of their own."""
    monkeypatch.setenv("_KIRSCH_STORE", shared)
    one, other = (client(key=None) for _ in range(2))
    person = Person(one)
    sent = {"headers": {"Authorization": person.authorization("GET", "/")}}

    assert other.get("/", **sent).status == status
    assert one.get("/", **sent).status == (401 if shared else 200)


def test_machines_count_together(redis_server):
    """By the address of a store that they share."""
    one, other = client(store=redis_server.url), client(store=redis_server.url)
    person = Person(one)
    sent = {"headers": {"Authorization": person.authorization("GET", "/")}}

    assert [each.get("/", **sent).status for each in (one, other, one)] == [200, 401, 401]


def test_a_store_that_is_away():
    """Nobody is let in, and everybody is told to come again."""

    class Away(MemoryStore):
        def update(self, *_, **__):
            raise Unavailable("away")

    answer = Person(client(store=Away())).ask()

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("read", [True, False])
def test_bodies_are_signed_by_choice(read):
    """With auth-int a changed body is refused, and an honest one is there for the page, read as a form or not."""
    guarded = page(
        lambda **form: f"{form}" if read else kirsch.request.body.read().decode(),
        config(qop="auth,auth-int") | {"request.process_request_body": read},
    )
    person = Person(guarded)

    assert person.challenges[0].params["qop"] == "auth,auth-int"
    assert person.ask("/", "POST", b"a=1", qop="auth-int").text == ("{'a': '1'}" if read else "a=1")
    sent = {"Authorization": person.authorization("POST", "/", b"a=1", qop="auth-int")}
    assert guarded.post("/", headers=sent, data={"a": "2"}).status == 401
    assert person.ask("/", "GET", qop="auth-int").status == 200
    hidden = person.authorization("POST", "/", b"", qop="auth-int").replace('"auth-int"', '"auth\\-int"')
    assert guarded.post("/", headers={"Authorization": hidden}, data={"a": "2"}).status == 401


def test_a_signed_body_is_bounded():
    """It has to be held in memory as a whole."""
    person = Person(client(qop="auth-int"))

    assert person.ask("/", "POST", b"a" * (4 * 1024 * 1024 + 1), qop="auth-int").status == 413


def test_names_as_hashes():
    """With a function that finds them, names may be sent as hashes; the page is told the name."""
    guarded = client(userhash=users_by_hash(USERS))
    person = Person(guarded, "Jäs", "x")

    assert person.challenges[0].params["userhash"] == "true"
    assert person.ask(username=hashed("SHA-256", "Jäs:A realm"), userhash=True).text.startswith("Jäs")
    assert person.ask(username=hashed("SHA-256", "Eve:A realm"), userhash=True).status == 401
    assert person.ask().text.startswith("Jäs")


@pytest.mark.parametrize(
    ("uri", "status"),
    [
        ("http://localhost/a?b=c", 200),
        ("https://proxy.example/a?b=c", 200),
        ("http://localhost/other", 400),
        ("a?b=c", 400),
        ("//a?b=c", 400),
        ("/a?b=c#d", 400),
        ("/%61?b=c", 200),
        ("/a%3Fb=c", 400),
        ("/a?b=%63", 400),
        ("/%zz?b=c", 400),
    ],
)
def test_an_address_with_its_host(uri, status):
    """Clients of a proxy may sign all of it; path and query count (RFC 7616 §3.4.6), however escaped."""
    person = Person(client())
    value = person.authorization("GET", uri)

    assert person.client.get("/a?b=c", headers={"Authorization": value}).status == status


def test_behind_a_proxy_that_takes_a_prefix_away():
    """What the client has signed is told by the base that the proxy tool knows."""
    settings = config() | {
        "tools.proxy.on": True,
        "tools.proxy.base": "https://example.com/shop",
        "tools.proxy.local": "",
    }
    person = Person(page(who, settings))
    value = person.authorization("GET", "/shop/a")

    assert person.client.get("/a", headers={"Authorization": value}).status == 200


def test_behind_a_proxy_that_says_which_prefix_it_takes_away():
    """As X-Forwarded-Prefix."""
    settings = config() | {"tools.proxy.on": True, "tools.proxy.prefix": "X-Forwarded-Prefix"}
    person = Person(page(who, settings))
    value = person.authorization("GET", "/shop/a")
    headers = {"Authorization": value, "X-Forwarded-Prefix": "/shop"}

    assert person.client.get("/a", headers=headers).status == 200
    assert person.client.get("/b", headers=headers).status == 400


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"realm": 'a"b'}, "without quotes"),
        ({"realm": "a\r\nX: y"}, "control characters"),
        ({"key": ""}, "key"),
        ({"key": 5}, "key"),
        ({"algorithms": ["SHA-1"]}, "there is no digest algorithm 'SHA-1'"),
        ({"algorithms": []}, "not empty"),
        ({"algorithms": ["SHA-256"], "get_ha1": lambda realm, username: None}, "third argument"),
        ({"get_ha1": "x"}, "can be called"),
        ({"qop": "auth-both"}, "'auth'"),
        ({"lifetime": 0}, "lifetime"),
        ({"store": "redos://localhost"}, "no kind of store"),
        ({"store": 5}, "store"),
        ({"kee": "x"}, "did you mean 'tools.auth_digest.key'"),
    ],
)
def test_wrong_settings_are_refused_at_the_start(settings, problem):
    """Before any request."""
    with pytest.raises(ConfigError, match=problem):
        start(config(**settings))


@pytest.mark.parametrize("name", ["realm", "get_ha1"])
def test_what_is_needed_is_named(name):
    """At the start; and a page whose guard lacks something is not shown to anybody."""
    settings = config()
    del settings[f"tools.auth_digest.{name}"]
    answer = page(who, settings).get("/")

    with pytest.raises(ConfigError, match=f"needs tools.auth_digest.{name}, too"):
        start(settings)
    assert answer.status == 500
    assert f"tools.auth_digest.{name}" in str(answer.error)


def test_what_the_function_raises_is_no_fault_of_the_client():
    """It is a 500."""

    def broken(realm, username):
        raise ValueError("broken")

    assert Person(client(get_ha1=broken)).ask().status == 500


def test_nobody_takes_as_long_as_a_wrong_password(monkeypatch):
    """The same sums are computed and compared for users that there are and for others."""
    compared = []
    fits = Digest.fits
    monkeypatch.setattr(Digest, "fits", lambda *given: compared.append(len(given[1])) or fits(*given))
    guarded = client()

    assert [Person(guarded, user, "guess").ask().status for user in ("ada", "nobody")] == [401, 401]
    assert compared == [64, 64]


def test_by_hand():
    """In a page, as a function of the old library, with the counts of the application."""

    def guarded():
        kirsch.tools.auth_digest.callable("A realm", get_ha1_dict_plain(USERS), KEY)
        return who()

    person = Person(page(guarded))
    value = person.authorization("GET", "/")

    assert [person.client.get("/", headers={"Authorization": value}).status for _ in range(2)] == [200, 401]


def test_passwords_at_several_places(tmp_path):
    """As plain text, as sums by algorithm, and in a file of Apache's htdigest, which is read each time."""
    md5, sha = (ha1(name, "ada", "A realm", "p") for name in ("MD5", "SHA-256"))
    file = tmp_path / "users"
    file.write_text(f"eve:A realm:0\nada:Another:0\nada:A realm:{md5}\n", "utf-8")
    plain, sums = get_ha1_dict_plain({"ada": "p", "none": ""}), get_ha1_dict({"ada": {"SHA-256": sha, "MD5": md5}})
    read = get_ha1_file_htdigest(str(file))

    assert plain("A realm", "ada") == sums("A realm", "ada") == read("A realm", "ada") == md5
    assert plain("A realm", "ada", "SHA-256") == sums("A realm", "ada", "SHA-256") == sha
    assert [get("A realm", "bob") for get in (plain, sums, read)] == [None] * 3
    assert plain("A realm", "none") is None
    assert get_ha1_dict({"ada": md5})("A realm", "ada", "SHA-256") is None
    assert [takes_algorithm(get) for get in (plain, sums, read)] == [True, True, False]
