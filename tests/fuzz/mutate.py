"""Mutated requests through the HTTP/1.1 machine: `python -m tests.fuzz.mutate [number] [seed]`.

Each run takes a valid request (or two, pipelined), changes some octets, cuts the whole into packets, and reads it as a
server would. Whatever comes, there are requests or a refusal, quickly and without growth. A finding is printed with the
seed that makes it again.
"""

from __future__ import annotations

import gc
import random
import resource
import sys
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from kirsch.protocol.events import Limits
from tests.protocol.dialogue import Dialogue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Outcome = TypeVar("Outcome")
STATUSES = frozenset({None, 400, 413, 414, 417, 431, 501, 505})
SLOWEST = 0.05
LIMITS = Limits(head=2048, target=256, fields=20, body=4096, extensions=64, trailers=256)
BROWSER = (
    b"Host: localhost:8080\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/html,*/*;q=0.8\r\n"
    b"Accept-Encoding: gzip, deflate, br\r\nCookie: a=b; c=d\r\nConnection: keep-alive\r\n"
)
SEEDS = [
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /page?x=1&y=%20 HTTP/1.1\r\n" + BROWSER + b"\r\n",
    b"HEAD http://a.example:81/x?y HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\nhello=world",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x=y\r\nabc\r\n0\r\n\r\n",
    (
        b"PUT /f HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n"
        b'a;b="c;d"\r\n0123456789\r\n0\r\nX: y\r\n\r\n'
    ),
    b"DELETE /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
]
WORDS = [
    b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b"\x0b", b"\xff", b"\r\n\r\n", b"0\r\n\r\n", b";", b",",
    b"chunked",
    b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Length: 0\r\n", b"Host: b\r\n",
    b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"GET ", b"-1",
    b"0x5",
    b"99999999999999999999", b"ffffffffffffffff", b"x" * 300, b"\x16\x03\x01", b"[", b"%", b"#", b"@", b"\xc2\xa0",
]  # fmt: skip


@dataclass
class Findings:
    """What a run came to. understood: requests or values that were. slowest: CPU seconds of the slowest input.

    growth: KiB by which the process grew. seconds: on the clock.
    """

    number: int = 0
    understood: int = 0
    refused: int = 0
    slowest: float = 0.0
    growth: int = 0
    seconds: float = 0.0


def mutated(
    dice: random.Random,
    seeds: Sequence[bytes] = SEEDS,
    words: Sequence[bytes] = WORDS,
    glue: bytes = b"",
    most: int = 5,
) -> bytes:
    """One or more of the seeds with some octets changed, doubled, dropped or put in, at up to `most` places."""
    message = glue.join(dice.choices(seeds, k=dice.choice((1, 1, 2, 3))))
    for _ in range(dice.randint(1, most)):
        at = dice.randrange(len(message) + 1)
        end = min(len(message), at + dice.choice((0, 0, 1, 2, 20)))
        kind = dice.random()
        new = (
            dice.choice(words)
            if kind < 0.5
            else dice.randbytes(dice.randint(0, 3))
            if kind < 0.8
            else message[at:end] * 2
        )
        message = message[:at] + new + message[end:]
    return message


def packets(message: bytes, dice: random.Random) -> list[bytes]:
    """The same, cut at up to three places."""
    cuts = sorted(dice.randrange(len(message) + 1) for _ in range(dice.randint(0, 3)))
    return [message[a:b] for a, b in zip([0, *cuts], [*cuts, len(message)], strict=True)]


def measured(call: Callable[[], Outcome]) -> tuple[Outcome, float]:
    """What a call gives, and its CPU seconds.

    One that is slow is called again, and the better time counts: it may have been the collector, or the clock of a busy
    machine.
    """
    start = time.process_time()
    outcome = call()
    took = time.process_time() - start
    if took > SLOWEST:
        start = time.process_time()
        call()
        took = min(took, time.process_time() - start)
    return outcome, took


def memory() -> int:
    """KiB that the process holds now; where the system does not say so, the most that it ever held."""
    gc.collect()
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize() // 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def read(pieces: list[bytes]) -> Dialogue:
    """What the machine makes of them."""
    return Dialogue(LIMITS).feed(*pieces)


def run(number: int, seed: int = 0) -> Findings:
    """Raises AssertionError, or whatever escapes, with the input in a note."""
    found = Findings(number)
    began = time.monotonic()
    before = 0
    for i in range(number):
        if i == min(5000, number // 2):  # all that is ever cached has been by now
            before = memory()
        dice = random.Random(f"{seed}.{i}")
        pieces = packets(mutated(dice), dice)
        try:
            dialogue, took = measured(partial(read, pieces))
            assert dialogue.error in STATUSES, dialogue.error
            assert took < SLOWEST, took
        except BaseException as error:
            error.add_note(f"seed {seed}.{i}: {pieces!r}")
            raise
        found.understood += sum(message.complete for message in dialogue.messages)
        found.refused += dialogue.error is not None
        found.slowest = max(found.slowest, took)
    found.growth = memory() - before
    found.seconds = time.monotonic() - began
    return found


if __name__ == "__main__":
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else 0))
