"""JSON in, validated, JSON out: an order of 1 KB is added up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from servers import WrongAnswerError
from wrk import Wrk

from loads.load import Bar, Load, expect_json, rows

if TYPE_CHECKING:
    from servers import Server

PATH = "/order"
JSON = {"Content-Type": "application/json"}
REFUSALS = (400, 422)

ORDER = {
    "id": 4711,
    "customer": "Ada Lovelace",
    "email": "ada@example.org",
    "express": True,
    "tags": ["tea", "gift", "fragile", "repeat"],
    "items": [
        {"sku": f"TEA-{number:05d}-GREEN", "quantity": number + 1, "price": 199 + number} for number in range(12)
    ],
    "note": "Please ring twice, and leave it with the neighbours if nobody opens. " * 3,
}
BODY = json.dumps(ORDER).encode()
TOTAL = sum((number + 1) * (199 + number) for number in range(12))


def check(server: Server) -> None:
    """A good order is added up; one with a word in place of a number is refused."""
    expect_json(server.get(PATH, BODY, JSON), ORDER | {"total": TOTAL})
    bad = ORDER | {"items": [{"sku": "TEA", "quantity": "many", "price": 1}]}
    answer = server.get(PATH, json.dumps(bad).encode(), JSON)
    if answer.status not in REFUSALS:
        message = f"an order that is not valid was answered with {answer.status}"
        raise WrongAnswerError(message)


JSON_ORDER = Load(
    name="json",
    title="JSON in, validated, JSON out (1 KB)",
    entries=rows("kirsch", "cherrypy", "falcon-granian", "litestar-granian", "fastapi-uvicorn"),
    check=check,
    measure=Wrk(PATH, body=BODY),
    bars=(
        *(Bar("must", "cpu_us", at_most=1 / 2, of=rival) for rival in ("litestar-granian", "fastapi-uvicorn")),
        *(Bar("aim", "cpu_us", at_most=1 / 3, of=rival) for rival in ("litestar-granian", "fastapi-uvicorn")),
    ),
    note="validation: msgspec (Kirsch, Falcon, Litestar), pydantic (FastAPI), by hand (CherryPy)",
)
