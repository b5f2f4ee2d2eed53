"""A cookbook."""

import kirsch


class Cookbook:
    @kirsch.expose
    def index(self):
        return "<h1>Our cookbook</h1>"


if __name__ == "__main__":
    kirsch.quickstart(Cookbook())
