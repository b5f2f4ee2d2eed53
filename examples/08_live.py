"""Live updates: what somebody writes appears on everybody's page. Open http://127.0.0.1:8080/ in two windows."""

from pathlib import Path

import kirsch
from kirsch.process.plugins import Feed

PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/style.css">
<title>A room</title>
<h1>A room</h1>
<form><label>Say something <input maxlength="200" required autocomplete="off"></label><button>Say it</button></form>
<ul class="rows"></ul>
<script>
const list = document.querySelector("ul"), form = document.forms[0], input = form.querySelector("input");
new EventSource("/events").onmessage = event => {
  const line = document.createElement("li");
  line.textContent = JSON.parse(event.data).text;  // as text, whatever it looks like
  list.prepend(line);
};
form.onsubmit = event => {
  event.preventDefault();
  fetch("/say", {method: "POST", body: new URLSearchParams({text: input.value})});
  input.value = "";
};
</script>
"""

news = Feed(kirsch.engine).subscribe()  # what is sent to it comes to all who listen


class Room:
    """The page, what is said, and what is heard."""

    style_css = kirsch.tools.staticfile.handler(filename=str(Path(__file__).with_name("style.css")))

    @kirsch.expose
    def index(self):
        return PAGE

    # What a page yields is sent at once, as an event. A feed is a row of what is to come.
    @kirsch.expose
    @kirsch.tools.sse()
    def events(self):
        return news

    @kirsch.expose
    @kirsch.tools.allow(methods=["POST"])
    @kirsch.tools.rate_limit(rate="30/minute")
    def say(self, text):
        news.send({"text": str(text)[:200]})


if __name__ == "__main__":
    kirsch.quickstart(Room(), config={"/": {"tools.csrf.on": True, "request.body.maxbytes": 10_000}})
