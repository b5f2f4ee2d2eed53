"""A cookbook."""

from html import escape

import kirsch

RECIPES = [("Pancakes", "Flour, milk, eggs. Stir, wait, fry.")]

FORM = """
<form action="/add" method="post">
  <label>Title <input name="title" maxlength="80" required></label>
  <label>What to do <textarea name="text" required></textarea></label>
  <button>Add it</button>
</form>
"""


class Cookbook:
    @kirsch.expose
    def index(self):
        links = "".join(
            f'<li><a href="/recipe/{number}">{escape(title)}</a>' for number, (title, _) in enumerate(RECIPES)
        )
        return f"<h1>Our cookbook</h1><ul>{links}</ul>{FORM}"

    @kirsch.expose
    @kirsch.tools.params()
    def recipe(self, number: int):
        if not 0 <= number < len(RECIPES):
            raise kirsch.NotFound
        title, text = RECIPES[number]
        return f"<h1>{escape(title)}</h1><p>{escape(text)}</p>"

    @kirsch.expose
    @kirsch.tools.allow(methods=["POST"])
    def add(self, title, text):
        if not (isinstance(title, str) and isinstance(text, str) and 0 < len(title) <= 80):
            raise kirsch.HTTPError(400, "One title of 80 letters at most, and one text, please.")
        RECIPES.append((title, text))
        raise kirsch.HTTPRedirect("/")


if __name__ == "__main__":
    kirsch.quickstart(Cookbook())
