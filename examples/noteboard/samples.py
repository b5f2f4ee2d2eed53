"""What hangs on a new board, so that there is something to look at."""

from __future__ import annotations

from pathlib import Path

from draft import Draft

HOUR = 3600
CHERRIES = Path(__file__).parent / "cherries.png"


def samples() -> list[tuple[Draft, float]]:
    """Drafts, the oldest first, and how many seconds ago they were pinned."""
    return [
        (
            Draft(
                title="Welcome to the board",
                text="Anybody who can see it can pin something: a thought, a question, a picture.\n\n"
                "Whatever you pin, you can take down again.",
                author="The caretaker",
                colour="lemon",
            ),
            70 * HOUR,
        ),
        (
            Draft(
                title="Lost: one umbrella",
                text="Dark green, with a wooden handle. It was last seen leaning against the radiator, and is missed.",
                author="Ada",
                colour="sky",
            ),
            29 * HOUR,
        ),
        (
            Draft(
                title="The cherries are ripe",
                text="More than we can eat. Come by with a basket, any evening this week.",
                author="Zoë",
                colour="rose",
                picture=CHERRIES.read_bytes(),
            ),
            5 * HOUR,
        ),
        (
            Draft(
                title="Does <em>this</em> look harmless?",
                text='It should: <script>alert("gotcha")</script> is nothing but text here, & so is the title.',
                author="Little Bobby",
                colour="lilac",
            ),
            2 * HOUR,
        ),
        (
            Draft(
                title="Choir on Thursday",
                text="At seven, in the kitchen, as it is warm there. No talent needed. Bring a cup.",
                author="Émile",
                colour="mint",
            ),
            0.5 * HOUR,
        ),
    ]
