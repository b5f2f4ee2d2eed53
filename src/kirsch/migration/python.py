"""Programs: imports, uses, old names of attributes and old keys of config get the names of today."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.hooks import OLD_POINT
from kirsch.app.legacyfilters import NAMES as FILTERS
from kirsch.migration.bindings import Bindings
from kirsch.migration.edits import Decision, Edit, Outcome, Source
from kirsch.migration.keys import modern as modern_key
from kirsch.migration.names import LISTS, NEW, OLD, advice, modern, modern_import, modern_module

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_TEXT: Final = re.compile(r"""[uUrR]?(?P<quote>['"])(?P<text>[^'"\\\r\n]*)(?P=quote)""")
_MODULE: Final = re.compile(r"cherrypy(\.[A-Za-z_]\w*)+")
_LOGS: Final = ("cherrypy.access", "cherrypy.error")
_FROM: Final = re.compile(r"from[ \t]+([\w.]+)")


def migrated_python(text: str, face: Collection[str]) -> Outcome:
    """What is to be done in a program. face: the names that `kirsch` has. SyntaxError for what is no Python."""
    return _Program(text, face).outcome()


class _Program:
    """One program, gone through once."""

    def __init__(self, text: str, face: Collection[str]) -> None:
        self.source = Source(text)
        self.tree = ast.parse(text)
        self.face = face
        self.bindings = Bindings(self.tree)
        self.edits: list[Edit] = []
        self.decisions: list[Decision] = []
        self.root = NEW if self._may_rename() else OLD
        self._settings: set[ast.expr] = set()  # dicts that are known to be config

    def outcome(self) -> Outcome:
        """Nothing, for a program that has to do neither with CherryPy nor with Kirsch."""
        open_now: list[ast.AST] = [self.tree] if self.bindings.known else []
        while open_now:
            node = open_now.pop()
            step = _STEPS.get(type(node))
            below = step(self, node) if step else None
            open_now += ast.iter_child_nodes(node) if below is None else below
        return Outcome(self.edits, sorted(set(self.decisions)))

    def _may_rename(self) -> bool:
        """Whether `cherrypy` can become `kirsch` wherever it stands; else it stays, as `import kirsch as cherrypy`."""
        uses = [node for node in ast.walk(self.tree) if isinstance(node, ast.Name) and node.id == OLD]
        shown = all(self._text(node) == OLD for node in uses)  # before Python 3.12, f-strings lie about their places
        return shown and self.bindings.is_plain(OLD) and self.bindings.is_free(NEW)

    # -- imports -------------------------------------------------------------------------------------------------

    def _import(self, node: ast.Import) -> None:
        """`import cherrypy`, `import cherrypy.lib.static as static`."""
        for alias in node.names:
            package, _, below = alias.name.partition(".")
            if package != OLD:
                continue
            start, _ = self.source.span(alias)
            whole = NEW if self.root == NEW else f"{NEW} as {OLD}"
            place = modern_module(below)
            if below and place is None:
                self._decide(node, alias.name, below)
            elif alias.asname:
                self.edits.append(Edit(start, start + len(alias.name), f"{NEW}.{place}" if place else NEW))
            elif place:
                named = f"{NEW}.{place}" if self.root == NEW else f"{whole}, {NEW}.{place}"
                self.edits.append(Edit(start, start + len(alias.name), named))
            else:
                self.edits.append(Edit(start, start + len(alias.name), whole))

    def _import_from(self, node: ast.ImportFrom) -> None:
        """`from cherrypy.lib.static import serve_file`: all its names must have gone to the same place."""
        package, _, below = (node.module or "").partition(".")
        if package != OLD or node.level:
            return
        start, _ = self.source.span(node)
        written = _FROM.match(self.source.text, start)
        targets = [modern_import(below, alias.name) for alias in node.names]
        places = {place for place, _ in targets}
        problems = [alias for alias in node.names if self._advice(f"{below}.{alias.name}" if below else alias.name)]
        for alias in problems:
            self._decide(node, f"{node.module}.{alias.name}", f"{below}.{alias.name}" if below else alias.name)
        if problems:
            return
        if written is None or written[1] != node.module or len(places) != 1:
            why = f"its names have gone to {', '.join(sorted(_dotted(place) for place in places))}"
            self._say(node, f"from {node.module} import …", why, "reference/old-names.md")
            return
        self.edits.append(Edit(*written.span(1), _dotted(places.pop())))
        for alias, (_, name) in zip(node.names, targets, strict=True):
            if alias.name != name:
                at, _ = self.source.span(alias)
                self.edits.append(Edit(at, at + len(alias.name), name if alias.asname else f"{name} as {alias.name}"))

    # -- uses ----------------------------------------------------------------------------------------------------

    def _name(self, node: ast.Name) -> None:
        """The module itself, on its own or at the beginning of a chain."""
        if node.id == OLD and self.root == NEW:
            self.edits.append(Edit(*self.source.span(node), NEW))

    def _attribute(self, node: ast.Attribute) -> list[ast.AST] | None:
        """A chain such as `cherrypy.request.remote_addr`; others are looked at piece by piece."""
        chain = self.bindings.chain(node)
        if chain is None:
            return None
        root, path, parts = chain
        shown, name, before = f"{root}.{'.'.join(parts)}", ".".join([*path, *parts]), ".".join(path)
        found, rest = self._advice(name), modern(name)
        if found:
            self._say(node, shown, *found)
        elif rest != name:
            below = rest.removeprefix(f"{modern(before)}.") if before else rest
            start, end = self.source.span(node)
            if self.source.text[start:end] == shown and (not before or below != rest):
                self.edits.append(Edit(start, end, f"{self.root if root == OLD else root}.{below}"))
                return []
            self._say(node, shown, f"write {NEW}.{rest}", "reference/old-names.md")
        return [_root_of(node)]

    def _assign(self, node: ast.Assign) -> list[ast.AST] | None:
        """Config and, of old, filters as attributes of classes."""
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == "_cp_config":
                self._settings.add(node.value)
            if isinstance(target, ast.Name) and target.id in FILTERS:
                self._say(node, target.id, "write a tool instead", "reference/hooks-and-tools.md")
        return self._mount(node) if len(node.targets) == 1 and self._stands_for(node.targets[0], "root") else None

    def _mount(self, node: ast.Assign) -> list[ast.AST] | None:
        """`cherrypy.root = Root()`: mounted."""
        start, end = self.source.span(node.targets[0])
        value, after = self.source.span(node.value)
        text = self.source.text
        if not re.fullmatch(r"[ \t]*=[ \t]*", text[end:value]) or text[start:end] != f"{OLD}.root":
            return None
        self.edits += [Edit(start, value, f"{self.root}.tree.mount("), Edit(after, after, ")")]
        return [node.value]

    # -- text ----------------------------------------------------------------------------------------------------

    def _dict(self, node: ast.Dict) -> None:
        """Settings: a key with a point, or one beside such keys."""
        keys = {key: key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
        if any(key.startswith("/") or key == "global" for key in keys.values()):
            self._settings.update(node.values)
        dotted = node in self._settings or any("." in key for key in keys.values())
        for key, value in keys.items():
            if "." in value or dotted:
                self._rename_key(key, value, keys.values())

    def _subscript(self, node: ast.Subscript) -> None:
        """`cherrypy.config["server.log_file"]`."""
        if self._is_config(node.value) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            self._rename_key(node.slice, node.slice.value, ())

    def _call(self, node: ast.Call) -> list[ast.AST] | None:
        """Texts that are names: of hook points, of logs, of config, of modules."""
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for argument in node.args:
            if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                continue
            value = argument.value
            if value == OLD_POINT and (called == "attach" or called.endswith("Tool")):
                self._rewrite(argument, value, "before_handler")
            elif called == "getLogger" and value.startswith(_LOGS):
                self._rewrite(argument, value, value.replace(OLD, NEW, 1))
            elif called == "get" and isinstance(node.func, ast.Attribute) and self._is_config(node.func.value):
                self._rename_key(argument, value, ())
            elif _MODULE.fullmatch(value):
                self._say(argument, f"the text {value!r}", "it seems to name a module", "reference/old-names.md")
        self._look_at_arguments(node)
        return self._subscribe(node) if called == "append" and len(node.args) == 1 else None

    def _subscribe(self, node: ast.Call) -> list[ast.AST] | None:
        """`cherrypy.engine.on_start_thread_list.append(call)`: subscribed."""
        chain = self.bindings.chain(node.func)
        root, path, parts = chain or ("", (), [])
        channel = LISTS.get(".".join([*path, *parts[:-1]]))
        start, end = self.source.span(node.func)
        if channel is None or path not in ((), ("engine",)) or self._text(node.func) != f"{root}.{'.'.join(parts)}":
            return None
        bus = root if path else f"{self.root if root == OLD else root}.engine"
        at, _ = self.source.span(node.args[0])
        self.edits += [Edit(start, end, f"{bus}.subscribe"), Edit(at, at, f'"{channel}", ')]
        return [*node.args]

    def _look_at_arguments(self, node: ast.Call) -> None:
        chain = self.bindings.chain(node.func) if isinstance(node.func, ast.Attribute) else None
        name = ".".join([*chain[1], *chain[2]]) if chain else ""
        given = {keyword.arg for keyword in node.keywords}
        if name == "engine.start" and "blocking" in given:
            self._say(node, "engine.start(blocking=…)", "write engine.start(), and engine.block() to wait", _CALLS)
        if name == "config.update" and given & {"file", "updateMap", "overwrite", "baseurl"}:
            self._say(node, "config.update(file=…)", "write config.update(name of a file, or a dict)", _CALLS)

    def _stands_for(self, node: ast.expr, name: str) -> bool:
        chain = self.bindings.chain(node) if isinstance(node, ast.Attribute) else None
        return chain is not None and ".".join([*chain[1], *chain[2]]) == name

    def _is_config(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == "config" and self.bindings.chain(node) is not None

    def _rename_key(self, node: ast.Constant, key: str, beside: Collection[str]) -> None:
        new = modern_key(key, beside, node.lineno)
        if isinstance(new, Decision):
            self.decisions.append(new)
        elif new != key:
            self._rewrite(node, key, new)

    def _rewrite(self, node: ast.expr, old: str, new: str) -> None:
        """Other words between the same quotes. What is written with escapes, or in pieces, is for a person."""
        match = _TEXT.fullmatch(self._text(node))
        if match and match["text"] == old:
            start = self.source.span(node)[0] + match.start("text")
            self.edits.append(Edit(start, start + len(old), new))
        else:
            self._say(node, f"the text {old!r}", f"write {new!r}", "reference/old-names.md")

    # -- steps of it ---------------------------------------------------------------------------------------------

    def _text(self, node: ast.expr) -> str:
        start, end = self.source.span(node)
        return self.source.text[start:end]

    def _advice(self, name: str) -> tuple[str, str] | None:
        return advice(name, self.face) if name != "*" else None

    def _decide(self, node: ast.stmt, shown: str, name: str) -> None:
        self._say(node, shown, *(self._advice(name) or (f"there is no {NEW}.{name}", "reference/old-names.md")))

    def _say(self, node: ast.expr | ast.stmt, what: str, why: str, read: str) -> None:
        self.decisions.append(Decision(node.lineno, what, why, read))


_CALLS: Final = "reference/old-names.md#calls"
_STEPS: Final[Mapping[type[ast.AST], Callable[[_Program, Any], list[ast.AST] | None]]] = {
    ast.Import: _Program._import,
    ast.ImportFrom: _Program._import_from,
    ast.Name: _Program._name,
    ast.Attribute: _Program._attribute,
    ast.Assign: _Program._assign,
    ast.Dict: _Program._dict,
    ast.Subscript: _Program._subscript,
    ast.Call: _Program._call,
}
"""What is looked at. A step gives what is to be looked at below; None: all there is."""


def _root_of(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def _dotted(place: str) -> str:
    return f"{NEW}.{place}" if place else NEW
