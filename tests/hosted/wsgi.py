"""The site as a WSGI application, as docs/how-to/deployment.md says it."""

import atexit

import kirsch
from tests.hosted.site_of_all import mounted

kirsch.config.update({"environment": "embedded"})
kirsch.server.unsubscribe()
mounted()
kirsch.engine.signals.subscribe()  # needless; but it must take nothing from the host
kirsch.engine.start()
atexit.register(kirsch.engine.exit)
application = kirsch.tree
