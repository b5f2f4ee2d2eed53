"""Templates: a page returns a dict, and Jinja2 fills a template with it. Needs  pip install 'kirsch[templates]'"""

from pathlib import Path

import kirsch

HERE = Path(__file__).parent
RECIPES = {
    "pie": {
        "title": "Cherry pie",
        "minutes": 75,
        "needs": ["1 kg cherries", "300 g flour", "200 g butter", "a cold day"],
    },
    "soup": {"title": "Cold cherry soup", "minutes": 20, "needs": ["500 g sour cherries", "200 ml cream", "cinnamon"]},
    "salad": {"title": "Salad <à la maison>", "minutes": 10, "needs": ["rocket", "goat's cheese", "12 cherries"]},
}


class Cookbook:
    """What the pages show is made here; what they look like stands in templates/."""

    style_css = kirsch.tools.staticfile.handler(filename=str(HERE / "style.css"))

    @kirsch.expose
    @kirsch.tools.jinja2(template="recipes.html")
    def index(self, *, within="999"):
        with kirsch.HTTPError.handle((ValueError, TypeError), 404):
            most = int(within)
        return {"recipes": {name: each for name, each in RECIPES.items() if each["minutes"] <= most}}

    # /pie, /soup: what no attribute of this object answers for
    @kirsch.expose
    @kirsch.tools.jinja2(template="recipe.html")
    def default(self, name):
        if name not in RECIPES:
            raise kirsch.NotFound
        return RECIPES[name]


def not_found(**_):
    """The page for 404."""
    return kirsch.tools.jinja2.render("missing.html")


CONFIG = {
    "/": {
        "tools.jinja2.dir": str(HERE / "templates"),  # values are escaped, without a word from us
        "tools.security_headers.on": True,
        "tools.security_headers.csp": {"default-src": "'self'"},  # not even a hole in a template lets scripts run
        "error_page.404": not_found,
    }
}

if __name__ == "__main__":
    kirsch.quickstart(Cookbook(), config=CONFIG)
