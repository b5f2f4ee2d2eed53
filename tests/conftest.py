"""What all tests share: how hard Hypothesis tries, and the real servers of tests/servers.

The fast profile is for work at the desk, the other for CI (where CI=true) or whenever HYPOTHESIS_PROFILE=ci says so.
"""

from __future__ import annotations

import os
import signal

from hypothesis import HealthCheck, settings

# A busy machine is no failure: no deadline for one example, and drawing may be slow.
settings.register_profile("fast", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("fast"), max_examples=300, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "fast"))

# A shell has what it starts in the background ignore Ctrl-C, and tests of it would wait for good.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.servers.fixtures"]
