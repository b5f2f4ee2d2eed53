"""Streaming: what a page yields is sent at once. Try  curl -N http://127.0.0.1:8080/countdown?start=5"""

import time

import kirsch

PAUSE = 0.25  # seconds


class Streaming:
    """Two pages that take their time."""

    @kirsch.expose
    def index(self):
        return '<p><a href="/countdown">A countdown</a><p><a href="/squares.csv">A table with a million lines</a>'

    # It spends its time waiting. To say so beforehand spares the other clients from waiting with it the first time.
    @kirsch.expose
    @kirsch.blocking
    @kirsch.config(**{"response.stream": True})
    def countdown(self, start="10"):
        with kirsch.HTTPError.handle((ValueError, TypeError), 404):
            number = min(int(start), 1000)  # until the first piece is yielded, the answer can still be an error
        try:
            while number > 0:
                yield f"{number} …<br>\n"
                time.sleep(PAUSE)
                number -= 1
            yield "Lift-off!\n"
        finally:
            kirsch.log(f"ended at {number}", "COUNTDOWN")  # also if the client has gone in between

    # Nothing is held in memory but the line at hand; a client that reads slowly makes us write slowly.
    @kirsch.expose
    @kirsch.config(**{"response.stream": True, "response.headers.Content-Type": "text/csv"})
    def squares_csv(self, lines="1000000"):
        with kirsch.HTTPError.handle((ValueError, TypeError), 404):
            count = min(int(lines), 1_000_000)
        yield "number,square\n"
        for start in range(0, count, 1000):
            yield "".join(f"{number},{number * number}\n" for number in range(start, min(start + 1000, count)))


if __name__ == "__main__":
    kirsch.quickstart(Streaming())
