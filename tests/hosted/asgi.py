"""The site as an ASGI application, as docs/how-to/deployment.md says it."""

import kirsch
from tests.hosted.site_of_all import mounted

kirsch.config.update({"environment": "embedded"})
mounted()
kirsch.engine.signals.subscribe()  # needless; but it must take nothing from the host
application = kirsch.asgi()
