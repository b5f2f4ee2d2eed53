"""`cherrypy.process.wspbus`: the bus."""

from __future__ import annotations

from kirsch.process.bus import Bus, State
from kirsch.process.channels import ChannelFailures
from kirsch.run.defaults import engine as bus

__all__ = ["Bus", "ChannelFailures", "bus", "states"]

states = State
