"""An application of web.py, which brings Cheroot as its server."""

import web

urls = ("/", "Index", "/(.*)", "Hello")


class Index:
    """A page with a cookie."""

    def GET(self):  # noqa: N802 - so it wants them
        web.setcookie("a", "b")
        return "index"


class Hello:
    """A page that reads the query, and one that reads a form."""

    def GET(self, name):  # noqa: N802
        return f"Hello {name} {web.input(q='').q}"

    def POST(self, name):  # noqa: N802
        return repr(sorted(web.input().items()))


if __name__ == "__main__":
    web.application(urls, globals()).run()
