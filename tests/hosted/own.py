"""The site on our own server, whose answers are the measure."""

import sys

import kirsch
from tests.hosted.site_of_all import mounted

kirsch.config.update({"environment": "production", "server.socket_port": int(sys.argv[1])})
mounted()
kirsch.engine.signals.subscribe()
kirsch.engine.start()
kirsch.engine.block()
