"""The page for those who come from Flask: what it shows of Flask answers the same requests in the same way."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.environment import Environment, NotMade
from tests.house import ROOT
from tests.test_docs import blocks

PAGE = ROOT / "docs" / "how-to" / "migrating-from-flask.md"
DIFFERENT = {"/search/find?what=tea&limit=many": "200 tea 10"}
"""What the page says is otherwise there."""

RUNNER = """
import json, sys, urllib.parse
code, asked = json.load(sys.stdin)
names = {"__name__": "page"}
exec(code, names)
client = names["app"].test_client()
for each in asked:
    form = urllib.parse.parse_qs(each["form"] or "")
    answer = client.open(each["target"], method=each["method"], data=form or None)
    print(answer.status_code, answer.text.partition("\\n")[0])
"""


@pytest.mark.slow
def test_flask_answers_as_the_page_says() -> None:
    """But for what it says is different."""
    try:
        python = Environment(".venv-flask", Path(__file__).parent / "requirements.txt", "flask").python()
    except NotMade as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))
    shown = blocks(PAGE)
    code = "\n".join(code for kind, _, _, code in shown if kind == "py")
    asked = [line for kind, name, _, lines in shown if (kind, name) == ("text", "requests") for line in lines]
    said = json.dumps([code, asked])
    answers = subprocess.run([python, "-c", RUNNER], input=said, capture_output=True, text=True, check=True, timeout=60)
    wanted = [DIFFERENT.get(each["target"]) or f"{each['status']} {each['shown'] or ''}" for each in asked]

    assert all(map(str.startswith, answers.stdout.splitlines(), wanted)), answers.stdout
    assert len(answers.stdout.splitlines()) == len(wanted)
