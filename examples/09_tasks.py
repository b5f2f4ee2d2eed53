"""Background tasks: work that outlives its request, with progress, and a clean-up that comes again and again."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import kirsch
from kirsch.process.plugins import Monitor

HERE = Path(__file__).parent
STEPS, PAUSE = 20, 0.25  # of a report, and seconds for each step


class Reports:
    """A page to order reports and to watch them. Two are made at a time."""

    style_css = kirsch.tools.staticfile.handler(filename=str(HERE / "style.css"))

    def __init__(self):
        self.done = {}  # how many steps of a report are, by its number
        self.numbers = count(1)
        self.workers = ThreadPoolExecutor(2)
        kirsch.engine.subscribe("stop", self.workers.shutdown)  # waits for what is under way
        Monitor(kirsch.engine, self.clean_up, frequency=60).subscribe()

    def make(self, number):
        """On a thread of ours; what is raised here would be kept in the future that submit() gives."""
        while self.done[number] < STEPS and kirsch.engine.state == kirsch.engine.states.STARTED:
            time.sleep(PAUSE)
            self.done[number] += 1

    def clean_up(self):
        """Once a minute: of those that are ready, the last ten stay."""
        for number in [number for number, done in list(self.done.items()) if done == STEPS][:-10]:
            del self.done[number]

    @kirsch.expose
    @kirsch.tools.jinja2(template="reports.html", dir=str(HERE / "templates"))
    def index(self):
        return {"reports": list(self.done.items()), "steps": STEPS}

    @kirsch.expose
    @kirsch.tools.allow(methods=["POST"])
    def order(self):
        if len(self.done) >= 100:
            raise kirsch.HTTPError(503, "There is enough to do already.", headers={"Retry-After": "60"})
        number = next(self.numbers)
        self.done[number] = 0
        self.workers.submit(self.make, number)
        raise kirsch.HTTPRedirect("/")


if __name__ == "__main__":
    kirsch.quickstart(Reports(), config={"/": {"tools.csrf.on": True}})
