"""The terminal stays quiet: what the applications under test log is seen by whoever asks for `caplog`."""

from __future__ import annotations

import kirsch

kirsch.log.screen = False
