"""The examples, started as a person starts them, used over HTTP, and ended as a supervisor ends them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from email.message import Message

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
BOARD = "noteboard/app.py"
SMALL = (
    "01_hello.py", "02_forms.py", "03_streaming.py", "04_several.py", "05_login.py", "06_templates.py",
    "07_database.py", "08_live.py", "09_tasks.py",
)  # fmt: skip
FOLDERS = ("api", "site")  # each is started in its folder, by the command; the third, cluster, is tested elsewhere
ON_ANY_PORT = (
    "import kirsch, runpy, sys; kirsch.config.update({'server.socket_port': 0});"
    "runpy.run_path(sys.argv[1], run_name='__main__')"
)
LEFT = shutil.ignore_patterns("*.sqlite3*", "*.db*", "__pycache__")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=BOUNDARY"}
PNG = (EXAMPLES / "noteboard" / "cherries.png").read_bytes()


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes

    @property
    def text(self):
        return self.body.decode()


class Program:
    """An example that is running. lines: what it has said on stderr so far."""

    def __init__(self, *command, cwd=ROOT):
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        command = (sys.executable, "-X", "dev", *map(str, command))
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment, cwd=cwd
        )
        assert self.process.stderr
        self.stderr = self.process.stderr
        self.lines = []
        self.port = 0
        self.told = False
        self.started = Event()
        self.reader = Thread(target=self.listen)
        self.reader.start()

    def listen(self):
        for line in self.stderr:
            self.lines.append(line)
            if "Serving on" in line:
                self.port = int(line.rpartition(":")[2])
            elif "Bus STARTED" in line:
                self.started.set()
        self.started.set()

    def connection(self):
        assert self.started.wait(20)
        assert self.port, "".join(self.lines)
        return HTTPConnection("127.0.0.1", self.port, timeout=10)

    def ask(self, method, path, body=None, headers=None):
        connection = self.connection()
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def tell_to_end(self):
        """Once: a second SIGTERM would mean at once."""
        assert self.started.wait(20)
        if not self.told:
            self.told = True
            self.process.terminate()

    def end(self):
        """Its exit status."""
        try:
            return self.process.wait(15)
        finally:
            self.process.kill()
            self.reader.join()
            self.stderr.close()

    def complaints(self):
        return [line for line in self.lines if not re.match(r"\[[^]]+\] (ENGINE|COUNTDOWN|CSRF) ", line)]


def started(name, folder):
    """An example, of which a copy runs if it keeps something beside itself."""
    if name == BOARD:
        return Program(EXAMPLES / BOARD, "--port", 0, "--data", folder)
    if name in FOLDERS:
        copy = shutil.copytree(EXAMPLES, folder / "copy", ignore=LEFT) / name
        return Program("-m", "kirsch", "run", "--port", 0, cwd=copy)
    copy = shutil.copytree(EXAMPLES, folder / "copy", ignore=LEFT) if name == "07_database.py" else EXAMPLES
    return Program("-c", ON_ANY_PORT, copy / name)


@contextmanager
def running(name, folder):
    """An example for the length of a `with`, which it has to end well."""
    program = started(name, folder)
    try:
        yield program
        program.tell_to_end()
    except BaseException:
        program.process.kill()
        raise
    finally:
        status = program.end()
    assert (status, program.complaints()) == (0, [])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Gives the example of a name, one for all tests: what they do to it must not matter to others."""
    with ExitStack() as stack:
        programs: dict[str, Program] = {}

        def start(name):
            if name not in programs:
                programs[name] = stack.enter_context(running(name, tmp_path_factory.mktemp("board")))
            return programs[name]

        yield start


@pytest.fixture
def board(site):
    """The note board."""
    return site(BOARD)


def multipart(**fields):
    """A form; bytes are sent as a file."""
    parts = []
    for name, value in fields.items():
        file = '; filename="a file"' if isinstance(value, bytes) else ""
        head = f'--BOUNDARY\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        parts += [head.encode(), value if isinstance(value, bytes) else value.encode(), b"\r\n"]
    return b"".join([*parts, b"--BOUNDARY--\r\n"])


def pin(board, headers=None, **fields):
    """Send the form for a new note."""
    form = {"title": "A title", "text": "A text", "author": "Me", "colour": "sky", **fields}
    return board.ask("POST", "/new", multipart(**form), {**MULTIPART, **(headers or {})})


def found(pattern, text):
    """The first group of a pattern that is in the text."""
    match = re.search(pattern, text)
    assert match
    return match[1]


def cookies(answer):
    """What a browser would send back."""
    return "; ".join(line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie"))


# All of them


def test_every_example_ends_well_when_told_to(tmp_path):
    """SIGTERM: exit status 0, and nothing is said but what the engine always says."""
    with ExitStack() as stack:
        programs = [stack.enter_context(running(name, tmp_path)) for name in (*SMALL, BOARD)]
        assert [program.get("/").status for program in programs] == [200] * len(programs)


def test_ctrl_c_ends_an_example_well():
    """SIGINT is an end as good as SIGTERM."""
    program = Program("-c", ON_ANY_PORT, EXAMPLES / SMALL[0])
    assert program.get("/").text == "Hello, world!"
    program.process.send_signal(signal.SIGINT)
    assert program.end() == 0


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("01_hello.py", "/?name=you", "Hello, you!"),
        ("02_forms.py", "/", '<form action="/greet"'),
        ("03_streaming.py", "/", '<a href="/countdown">'),
        ("03_streaming.py", "/squares.csv?lines=3", "number,square\n0,0\n1,1\n2,4\n"),
        ("04_several.py", "/", '<a href="/blog/">'),
        ("04_several.py", "/blog/", "Notes from the orchard"),
        ("04_several.py", "/blog/2026/11", "Nothing was written in 11/2026"),
        ("02_forms.py", "/style.css", "--cherry"),
        ("06_templates.py", "/?within=30", "Salad &lt;à la maison&gt;"),
        ("06_templates.py", "/pie", "<li>1 kg cherries</li>"),
        ("09_tasks.py", "/", "Order one"),
        ("04_several.py", "/wiki/Start", "The page /Start of the wiki at /wiki is empty."),
    ],
)
def test_small_examples_answer(site, name, path, expected):
    """Each of the small examples shows what it is about."""
    answer = site(name).get(path)
    assert answer.status == 200
    assert expected in answer.text


def test_the_login_example_lets_members_in_and_out(site):
    """Whoever has the password is greeted by name, and counted; whoever has not sees the form again."""
    program = site("05_login.py")
    right, wrong = ("username=ada&password=" + word for word in ("lovelace", "guess"))
    assert (program.get("/").status, program.get("/members/").status) == (200, 401)
    assert program.ask("POST", "/members/do_login", wrong, FORM).status == 401
    cookie = {"Cookie": cookies(program.ask("POST", "/members/do_login", right, FORM)), "Sec-Fetch-Site": "same-origin"}
    pages = [program.ask("GET", "/members/", headers=cookie).text for _ in range(2)]
    assert "Hello, ada! You have been here 2 times." in pages[1]
    assert program.ask("POST", "/members/do_logout", "", FORM | cookie).status == 303
    assert program.ask("GET", "/members/", headers=cookie).status == 401


def test_the_login_example_slows_guesses_down(tmp_path):
    """One address may try ten times a minute."""
    with running("05_login.py", tmp_path) as program:
        guesses = [program.ask("POST", "/members/do_login", "username=ada&password=x", FORM).status for _ in range(11)]
    assert guesses == [401] * 10 + [429]


def test_the_template_example_has_its_own_page_for_what_is_missing(site):
    """It looks like the others, and what was asked for is text on it."""
    answer = site("06_templates.py").get("/%3Cb%3E")
    assert (answer.status, "<code>/&lt;b&gt;</code>" in answer.text) == (404, True)


def test_the_database_example_keeps_a_list(site):
    """What is added is there, escaped, can be ticked off and removed; other sites cannot do so."""
    program = site("07_database.py")
    assert program.ask("POST", "/add", "name=%3Cb%3E+salt", FORM).status == 303
    number = found(r"<span>&lt;b&gt; salt</span>\n.*?/turn/(\d+)", program.get("/").text)
    assert program.ask("POST", f"/turn/{number}", "", FORM).status == 303
    assert "<del>&lt;b&gt; salt</del>" in program.get("/").text
    assert program.ask("POST", f"/remove/{number}", "", FORM | {"Sec-Fetch-Site": "cross-site"}).status == 403
    assert program.ask("POST", f"/remove/{number}", "", FORM).status == 303
    assert "salt" not in program.get("/").text
    assert [program.ask("POST", "/add", body, FORM).status for body in ("name=+", "name=a&name=b")] == [400, 400]


def test_the_live_example_brings_news(tmp_path):
    """What one says, another hears at once; and at the end of the process all are let go."""
    with running("08_live.py", tmp_path) as program:
        connection = program.connection()
        connection.request("GET", "/events")
        events = connection.getresponse()
        assert events.read1() == b":\n\n"
        assert program.ask("POST", "/say", "text=%3Cb%3E", FORM).status == 200
        assert events.read1() == b'data: {"text":"<b>"}\n\n'
        program.tell_to_end()
        assert events.read() == b""
        connection.close()


def test_the_task_example_works_while_others_ask(site):
    """A report is ordered, and made by and by."""
    program = site("09_tasks.py")
    assert program.ask("POST", "/order", "", FORM).status == 303
    assert "<span>Report 1</span>" in program.get("/").text


def test_the_api_example_passes_its_tests_and_serves(site):
    """Its tests are run as its owner runs them; a real server says the same."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_api.py"]
    done = subprocess.run(command, cwd=EXAMPLES / "api", env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, " passed" in done.stdout) == (0, True), done.stdout + done.stderr
    body = json.dumps({"title": "Ulysses", "year": 1922})
    answer = site("api").ask("POST", "/books/", body, {"Content-Type": "application/json"})
    assert (answer.status, answer.headers["Location"].rpartition("/")[0]) == (
        201,
        f"http://127.0.0.1:{site('api').port}/books",
    )


def test_the_site_example_shows_pictures_to_members(site):
    """Nobody else; a name belongs to whoever has come with it first, and what is no picture is refused."""
    wall = site("site")
    assert wall.get("/").status == 401
    answer = wall.ask("POST", "/do_login", "username=ada&password=lovelace", FORM)
    assert wall.ask("POST", "/do_login", "username=ada&password=other", FORM).status == 401
    cookie = {"Cookie": cookies(answer), "Sec-Fetch-Site": "same-origin"}
    connection = wall.connection()
    connection.request("GET", "/live", headers=cookie)
    live = connection.getresponse()
    assert live.read1() == b":\n\n"
    sent = [wall.ask("POST", "/", multipart(file=data, title="<b>"), MULTIPART | cookie) for data in (PNG, b"<svg>")]
    assert [each.status for each in sent] == [303, 200]
    assert "Only PNG" in sent[1].text
    assert live.read1() == b"data: There is one more.\n\n"
    page = wall.ask("GET", "/", headers=cookie).text
    assert "&lt;b&gt; <small>by ada</small>" in page
    assert wall.ask("GET", found('src="(/picture/[^"]+)"', page), headers=cookie).body == PNG
    connection.close()


@pytest.mark.parametrize("name", [*SMALL, "api/app.py", "api/test_api.py", "site/app.py", "cluster/app.py"])
def test_the_twelve_are_short(name):
    """Whoever reads one has it before their eyes as a whole; the list of them has it, too."""
    assert len((EXAMPLES / name).read_text("utf-8").splitlines()) <= 60
    assert f"({name})" in (EXAMPLES / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("form", "status", "expected"),
    [
        ("name=%3Cb%3E&times=2", 200, "Hello, Hello, &lt;b&gt;!"),
        ("name=you&times=often", 400, "How often?"),
        ("times=2", 404, "404"),
    ],
)
def test_the_form_example_takes_forms(site, form, status, expected):
    """Fields become parameters; those that are wrong or missing are refused."""
    answer = site("02_forms.py").ask("POST", "/greet", form, FORM)
    assert answer.status == status
    assert expected in answer.text


@pytest.mark.parametrize(
    ("size", "status", "expected"), [(300_000, 200, "300000 bytes"), (11_000_000, 413, "larger than 10485760")]
)
def test_the_form_example_takes_files(site, size, status, expected):
    """Large files come through a temporary file, too large ones not at all."""
    answer = site("02_forms.py").ask("POST", "/upload", multipart(file=b"x" * size), MULTIPART)
    assert answer.status == status
    assert expected in answer.text


def test_the_streaming_example_sends_piece_by_piece(site):
    """The first piece is there long before the last one has been made."""
    connection = site("03_streaming.py").connection()
    connection.request("GET", "/countdown?start=1")
    response = connection.getresponse()
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert response.read1() == "1 …<br>\n".encode()
    assert response.read() == b"Lift-off!\n"
    connection.close()


# The note board


def test_a_new_board_has_notes_and_escapes_them(board):
    """What looks like a script in a note is text on the page."""
    page = board.get("/").text
    assert "Welcome to the board" in page
    assert "&lt;script&gt;alert(&quot;gotcha&quot;)&lt;/script&gt;" in page
    assert "<script" not in page


def test_pinning_a_note_leads_to_it(board):
    """A form is answered by a redirect to the note, which shows what was typed, harmless."""
    answer = pin(board, title="<b>Bold</b>", text="One & two", author='"Me"')
    assert answer.status == 303
    path = answer.headers["Location"].partition(str(board.port))[2]
    page = board.get(path).text
    assert "<h1>&lt;b&gt;Bold&lt;/b&gt;</h1>" in page
    assert "One &amp; two" in page
    assert "&quot;Me&quot;, <time" in page


def test_a_picture_is_shown_and_may_be_kept(board):
    """It comes back as the type that its bytes say, and a browser that has it gets 304."""
    path = pin(board, picture=PNG).headers["Location"].partition(str(board.port))[2]
    assert f'src="{path}picture"' in board.get(path).text
    picture = board.get(f"{path}picture")
    assert (picture.body, picture.headers["Content-Type"]) == (PNG, "image/png")
    assert board.get(f"{path}picture", If_None_Match=picture.headers["ETag"]).status == 304


def test_the_author_is_remembered(board):
    """By a cookie that no script can read, whatever letters the name has."""
    answer = pin(board, author='Zoë; "🍒"')
    assert all("HttpOnly" in line and "SameSite=Lax" in line for line in answer.headers.get_all("Set-Cookie"))
    sent = cookies(answer).encode("latin-1")
    assert 'value="Zoë; &quot;🍒&quot;"' in board.get("/new", Cookie=sent).text


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": " "}, "A note needs a title."),
        ({"text": "x" * 2001}, "At most 2000 characters"),
        ({"colour": "tartan"}, "One of these: lemon, peach"),
        ({"picture": b"<svg onload=alert(1)>"}, "This is not a picture"),
        ({"picture": PNG + bytes(2 * 1024 * 1024)}, "2 MB at most"),
    ],
)
def test_a_form_that_will_not_do_comes_back(board, fields, problem):
    """With 422, what is wrong, and what was typed."""
    answer = pin(board, **{"author": "Keep me", **fields})
    assert answer.status == 422
    assert problem in answer.text
    assert 'value="Keep me"' in answer.text


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/new", "title=a&title=b&text=c", 400),
        ("POST", "/new", "title=a&text=b&picture=c", 400),
        ("POST", "/new", "title=a&text=b&price=c", 400),
        ("PUT", "/new", "title=a&text=b", 405),
        ("GET", "/new/x", None, 404),
        ("GET", "/?page=1&page=2", None, 400),
        ("GET", "/?page=99", None, 404),
        ("GET", "/notes/999999999/", None, 404),
        ("GET", "/notes/first/", None, 404),
        ("GET", "/notes/1/picture", None, 404),
        ("GET", "/notes/1/remove", None, 405),
    ],
)
def test_what_makes_no_sense_is_refused(board, method, path, body, status):
    """Each with the status that says why, on a page of the board's own."""
    answer = board.ask(method, path, body, FORM if body else {})
    assert answer.status == status
    assert '<section class="message">' in answer.text


def test_an_upload_beyond_all_measure_is_refused(board):
    """Not the form, which would have to be read, but the limit of the path answers: 413."""
    assert pin(board, picture=PNG + bytes(9_000_000)).status == 413


def test_forms_of_other_sites_are_refused(board):
    """A browser says from whose page a form comes."""
    assert pin(board, {"Origin": "https://elsewhere.example"}).status == 403
    assert pin(board, {"Origin": f"http://127.0.0.1:{board.port}"}).status == 303


def test_only_who_has_pinned_a_note_takes_it_down(board):
    """The cookie of the browser is the proof; it alone shows the button."""
    answer = pin(board)
    path = answer.headers["Location"].partition(str(board.port))[2]
    assert "Take it down" not in board.get(path).text
    assert board.ask("POST", f"{path}remove").status == 403
    assert "Take it down" in board.get(path, Cookie=cookies(answer)).text
    assert board.ask("POST", f"{path}remove", headers={"Cookie": cookies(answer)}).status == 303
    assert board.get(path).status == 404


def test_programs_read_and_write_json(board):
    """A note that is posted is found where Location says, and in the list."""
    note = {"title": "By program", "text": "Beep", "author": "R2", "colour": "mint"}
    answer = board.ask("POST", "/api/notes", json.dumps(note), {"Content-Type": "application/json"})
    assert answer.status == 201
    found = json.loads(board.get(answer.headers["Location"].partition(str(board.port))[2]).body)
    assert found == json.loads(answer.body)
    assert note.items() <= found.items()
    assert found in json.loads(board.get("/api/notes").body)["notes"]


@pytest.mark.parametrize(
    ("body", "status"),
    [("{", 400), ("[1]", 400), ('{"title": 1}', 400), ('{"title": "a"}', 422), (" " * 100_000, 413)],
)
def test_programs_are_told_what_is_wrong_as_json(board, body, status):
    """The board's own error pages are for people."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    answer = board.ask("POST", "/api/notes", body, headers)
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert json.loads(answer.body)["status"] == status


def test_the_style_sheet_may_be_kept_for_good(board):
    """Its address changes with it; under its plain address it is asked for again each time."""
    address = found(r'href="(/style\.css[^"]+)"', board.get("/").text)
    assert "immutable" in board.get(address).headers["Cache-Control"]
    plain = board.get("/style.css")
    assert (plain.headers["Cache-Control"], plain.headers["Content-Type"]) == ("no-cache", "text/css;charset=utf-8")
    assert board.get("/style.css", If_None_Match=plain.headers["ETag"]).status == 304


def test_a_live_page_goes_on_until_the_board_closes(tmp_path):
    """A note appears on it when it is pinned, and at the end of the process the page is brought to its end."""
    with running(BOARD, tmp_path) as board:
        connection = board.connection()
        connection.request("GET", "/live")
        live = connection.getresponse()
        assert b"Waiting for the next one" in live.read1()
        pin(board, title="Breaking news")
        assert b"Breaking news" in live.read1()
        board.tell_to_end()
        assert live.read().endswith(b"</html>\n")
        connection.close()


def test_a_failure_is_logged_and_not_shown(tmp_path):
    """The page has the request's id, by which the log tells what happened."""
    board = Program(EXAMPLES / BOARD, "--port", 0, "--data", tmp_path)
    answer = board.get("/oops")
    board.tell_to_end()
    assert (board.end(), answer.status) == (0, 500)
    assert "RuntimeError" not in answer.text
    name = found(r"Request ([0-9a-f-]{36})", answer.text)
    assert f"GET /oops HTTP/1.1 failed [{name}]" in board.complaints()[0]


def test_notes_outlive_the_process(tmp_path):
    """They are in the folder that was given, and a board that has notes gets no new ones by itself."""
    with running(BOARD, tmp_path) as board:
        pin(board, title="Still here")
    with running(BOARD, tmp_path) as board:
        assert "Still here" in board.get("/").text
        assert json.loads(board.get("/api/notes").body)["count"] == 6


def test_a_port_that_is_taken_is_named():
    """In one line, without a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        board = Program(EXAMPLES / BOARD, "--port", port)
        assert board.end() == 2
    assert "in use" in board.lines[-1]
    assert str(port) in board.lines[-1]
    assert "Traceback" not in "".join(board.lines)


def test_the_readme_shows_the_first_example():
    """Ten lines that work: the same ones, but for docstrings."""
    readme = (ROOT / "README.md").read_text("utf-8")
    code = [line for line in (EXAMPLES / SMALL[0]).read_text("utf-8").splitlines() if '"""' not in line]
    shown = readme.partition("```python\n")[2].partition("```")[0]
    assert [line for line in shown.splitlines() if line] == [line for line in code if line]
