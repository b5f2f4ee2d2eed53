"""A cookbook."""

from pathlib import Path

import kirsch

HERE = Path(__file__).parent
RECIPES = [("Pancakes", "Flour, milk, eggs. Stir, wait, fry.")]


class Cookbook:
    style_css = kirsch.tools.staticfile.handler(filename=str(HERE / "style.css"))

    @kirsch.expose
    @kirsch.tools.jinja2(template="index.html")
    def index(self):
        return {"recipes": RECIPES}

    @kirsch.expose
    @kirsch.tools.params()
    @kirsch.tools.jinja2(template="recipe.html")
    def recipe(self, number: int):
        if not 0 <= number < len(RECIPES):
            raise kirsch.NotFound
        title, text = RECIPES[number]
        return {"title": title, "text": text}

    @kirsch.expose
    @kirsch.tools.allow(methods=["POST"])
    def add(self, title, text):
        if not (isinstance(title, str) and isinstance(text, str) and 0 < len(title) <= 80):
            raise kirsch.HTTPError(400, "One title of 80 letters at most, and one text, please.")
        RECIPES.append((title, text))
        raise kirsch.HTTPRedirect("/")


CONFIG = {
    "/": {
        "tools.jinja2.dir": str(HERE / "templates"),
    },
}

app = kirsch.Application(Cookbook(), config=CONFIG)
