"""Forms and uploads: the fields of a form are the parameters of a method. Open http://127.0.0.1:8080/ and try."""

import hashlib
from html import escape
from pathlib import Path

import kirsch

PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/style.css">
<title>Forms</title>
"""

FORMS = """<h1>Two forms</h1>
<form action="/greet" method="post">
  <label>Your name <input name="name" required></label>
  <label>How often <input name="times" type="number" value="1"></label>
  <button>Greet me</button>
</form>
<form action="/upload" method="post" enctype="multipart/form-data">
  <label>A file of up to 10 MB <input name="file" type="file" required></label>
  <button>Send it</button>
</form>
"""


class Forms:
    """A page with two forms, and what becomes of them."""

    style_css = kirsch.tools.staticfile.handler(filename=str(Path(__file__).with_name("style.css")))  # /style.css

    @kirsch.expose
    def index(self):
        return PAGE + FORMS

    # A parameter without a default must come, and one that is not named here must not. Whatever comes is text, or a
    # list of texts if it came more than once.
    @kirsch.expose
    def greet(self, name, times="1"):
        with kirsch.HTTPError.handle((ValueError, TypeError), 400, "How often? That is a number."):
            count = min(int(times), 10)
        return f"{PAGE}<h1>{'Hello, ' * count}{escape(str(name))}!</h1>"

    # Files are kept in memory or, if they are large, in a temporary file, which is gone when the request is over.
    @kirsch.expose
    def upload(self, file):
        if not getattr(file, "file", None):
            raise kirsch.HTTPError(400, "That was no file.")
        digest = hashlib.file_digest(file.file, "sha256").hexdigest()
        return f"{PAGE}<h1>{escape(file.filename)}</h1><p>{file.file.tell()} bytes. SHA-256: <code>{digest}</code>"


config = {"/upload": {"request.body.maxbytes": 10 * 1024 * 1024}}

if __name__ == "__main__":
    kirsch.quickstart(Forms(), config=config)
