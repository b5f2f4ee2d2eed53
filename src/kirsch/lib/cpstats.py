"""`cherrypy.lib.cpstats`: what is in `kirsch.pages.statistics`, under the old names."""

from __future__ import annotations

from kirsch.pages.counts import extrapolate_statistics
from kirsch.pages.statistics import StatisticsPage as StatsPage
from kirsch.pages.statistics import StatisticsTool as StatsTool
from kirsch.pages.statistics import tool

__all__ = ["StatsPage", "StatsTool", "appstats", "extrapolate_statistics"]

appstats = tool.counts.values
