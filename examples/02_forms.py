"""Forms and uploads: the fields of a form are the parameters of a method. Open http://127.0.0.1:8080/ and try."""

import hashlib
from html import escape

import kirsch

PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Forms</title>
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

    @kirsch.expose
    def index(self):
        return PAGE

    # A parameter without a default must come, and one that is not named here must not. Whatever comes is text, or a
    # list of texts if it came more than once.
    @kirsch.expose
    def greet(self, name, times="1"):
        with kirsch.HTTPError.handle((ValueError, TypeError), 400, "How often? That is a number."):
            count = min(int(times), 10)
        return f"<p>{'Hello, ' * count}{escape(str(name))}!"

    # Files are kept in memory or, if they are large, in a temporary file, which is gone when the request is over.
    @kirsch.expose
    def upload(self, file):
        if not getattr(file, "file", None):
            raise kirsch.HTTPError(400, "That was no file.")
        size = 0
        digest = hashlib.sha256()
        while block := file.read(65536):
            size += len(block)
            digest.update(block)
        return f"<p>{escape(file.filename)} has {size} bytes. SHA-256: {digest.hexdigest()}"


config = {"/upload": {"request.body.maxbytes": 10 * 1024 * 1024}}

if __name__ == "__main__":
    kirsch.quickstart(Forms(), config=config)
