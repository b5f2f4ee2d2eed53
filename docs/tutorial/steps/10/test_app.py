import pytest

import app as cookbook
import kirsch
from kirsch.testing.client import Client


@pytest.fixture
def client(tmp_path):
    kirsch.config["database"] = str(tmp_path / "test.sqlite3")
    cookbook.make_tables()
    cookbook.run("INSERT INTO members VALUES (?, ?)", "ada", kirsch.passwords.hash("lovelace"))
    client = Client(cookbook.app, follow=True)
    client.headers["Sec-Fetch-Site"] = "same-origin"  # as browsers say it
    return client


def log_in(client):
    client.post("/kitchen/do_login", data={"username": "ada", "password": "lovelace"}).expect()


def test_strangers_read_and_do_not_write(client):
    assert client.get("/").status == 200
    assert client.post("/kitchen/add", data={"title": "Soup", "text": "Water."}).status == 401


def test_a_recipe_with_a_photo(client):
    log_in(client)
    photo = ("soup.png", b"\x89PNG...", "image/png")
    page = client.post("/kitchen/add", data={"title": "<Soup>", "text": "Water."}, files={"photo": photo}).expect()
    assert "<h1>&lt;Soup&gt;</h1>" in page.text
    assert client.get("/photo/1").body == b"\x89PNG..."
    assert "by ada" in client.get("/").text


def test_news_come_at_once(client):
    log_in(client)
    with client.stream("GET", "/events") as news:
        next(news.pieces)  # it listens now
        client.post("/kitchen/add", data={"title": "Soup", "text": "Water."})
        assert next(news.pieces) == b'data: {"id":1,"title":"Soup"}\n\n'


def test_a_recipe_that_is_not_there(client):
    answer = client.get("/recipe/7", headers={"Accept": "text/html"})
    assert answer.status == 404
    assert "To all recipes" in answer.text
