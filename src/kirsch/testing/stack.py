"""Where a thread stands, for messages about one that does not come back."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from threading import Thread

FRAMES: Final = 5


def stack_of(thread: Thread) -> str:
    """The innermost calls of it, as a traceback shows them."""
    frame = sys._current_frames().get(thread.ident or 0)
    return "".join(traceback.format_stack(frame)[-FRAMES:]) if frame is not None else "nowhere any more"
