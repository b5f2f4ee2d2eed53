"""A cookbook."""

from html import escape

import kirsch

RECIPES = {
    "pancakes": "Flour, milk, eggs. Stir, wait, fry.",
    "cherry-cake": "Two eggs, sugar, flour; cherries on top. Bake for half an hour.",
}


class Cookbook:
    @kirsch.expose
    def index(self):
        links = "".join(f'<li><a href="/recipe/{name}">{name}</a>' for name in RECIPES)
        return f"<h1>Our cookbook</h1><ul>{links}</ul>"

    @kirsch.expose
    def recipe(self, name):
        if name not in RECIPES:
            raise kirsch.NotFound
        return f"<h1>{escape(name)}</h1><p>{escape(RECIPES[name])}</p>"


if __name__ == "__main__":
    kirsch.quickstart(Cookbook())
