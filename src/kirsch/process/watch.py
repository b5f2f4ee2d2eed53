"""Being told by the system that a file has changed, with the package watchfiles, instead of looking again and again."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from kirsch.process.monitor import BackgroundTask

if TYPE_CHECKING:
    from collections.abc import Callable

SELDOM: Final = 10
"""Intervals after which the function is called even if nothing is told of: folders of the network tell of nothing."""

SETTLED: Final = 50
"""Milliseconds without a change, after which a change is told of: who saves a file may write it in steps."""


def can_watch() -> bool:
    """Whether the package is there."""
    return find_spec("watchfiles") is not None


class Watch(BackgroundTask):
    """Calls a function when something in the folders has changed, which may be others each time. See SELDOM, too."""

    def __init__(self, folders: Callable[[], set[str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folders = folders

    def run(self) -> None:
        """Call, until cancelled. Where the system does not tell of changes, as often as a BackgroundTask."""
        try:
            while not self._cancelled.is_set():
                self._watch(self.folders())
        except Exception as error:  # of the Rust below: no more watches are to be had, and the like
            if self.bus is not None:
                self.bus.log(f"The system does not tell of changed files ({error}): looking for them", level=30)
            super().run()

    def _watch(self, folders: set[str]) -> None:
        from watchfiles import watch

        changes = watch(
            *folders,
            watch_filter=None,
            debounce=SETTLED,
            step=SETTLED,
            stop_event=self._cancelled,
            rust_timeout=int(self.interval * SELDOM * 1000),
            yield_on_timeout=True,
            recursive=False,
            ignore_permission_denied=True,
        )
        for _ in changes:
            self.call()
            if self.folders() != folders:
                return
