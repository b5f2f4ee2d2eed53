from __future__ import annotations

import random

from tests.fuzz.mutate import mutated, packets, run
from tests.protocol.dialogue import Dialogue, outcome


def test_mutated_requests_make_no_trouble():
    """No exception but a refusal escapes, none takes long, and nothing grows (a short run of the script)."""
    found = run(20_000, seed=1)
    assert found.understood > 2_000
    assert found.refused > 2_000
    assert found.growth < 64 * 1024


def test_packets_do_not_matter():
    """Mutated requests, too, say the same however they are cut."""
    for i in range(3_000):
        dice = random.Random(i)
        message = mutated(dice)
        whole = outcome(Dialogue().feed(message))
        assert outcome(Dialogue().feed(*packets(message, dice))) == whole, message


def test_the_same_again_says_the_same():
    """A head that was seen before on a connection is read as it was the first time."""
    seen = 0
    for i in range(3_000):
        message = mutated(random.Random(-i))
        alone = Dialogue().feed(message)
        if (
            alone.error is None
            and not alone.closed
            and not alone.machine.pending
            and alone.messages
            and alone.messages[-1].complete
        ):
            twice = Dialogue().feed(message + message)
            assert twice.messages == alone.messages * 2, message
            seen += 1
    assert seen > 30
