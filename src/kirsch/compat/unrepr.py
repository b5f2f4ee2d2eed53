"""Values in config files that are no data, as CherryPy takes them: `cherrypy.dispatch.MethodDispatcher()`.

Names mean modules, which are imported, or what Python has built in; attributes, items and calls are what they are in
Python. A config file is a program then, and whoever can write it can do whatever this process may.
"""

from __future__ import annotations

import ast
import builtins
import importlib
from typing import Any

from kirsch.app.inifile import NotLiteralError, evaluate, refuse


def unrepr(node: ast.expr) -> Any:
    """What an expression is worth that is no literal. Raises NotLiteralError, also for whatever it raises itself."""
    try:
        match node:
            case ast.Name():
                return _named(node.id)
            case ast.Attribute():
                return _attribute(node)
            case ast.Subscript():
                return evaluate(node.value)[evaluate(node.slice)]
            case ast.Call():
                return _called(node)
    except NotLiteralError:
        raise
    except Exception as error:
        raise NotLiteralError(f"{ast.unparse(node)} cannot be had: {error or type(error).__name__}") from error
    return refuse(node)


def _named(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        if hasattr(builtins, name):
            return getattr(builtins, name)
        raise


def _attribute(node: ast.Attribute) -> Any:
    """An attribute, which may be a module that nobody has imported yet."""
    owner = evaluate(node.value)
    try:
        return getattr(owner, node.attr)
    except AttributeError:
        try:
            return importlib.import_module(f"{ast.unparse(node.value)}.{node.attr}")
        except ImportError:
            pass
        raise


def _called(node: ast.Call) -> Any:
    args = [
        item
        for each in node.args
        for item in (evaluate(each.value) if isinstance(each, ast.Starred) else (evaluate(each),))
    ]
    more: dict[str, Any] = {}
    for each in node.keywords:
        more.update({each.arg: evaluate(each.value)} if each.arg else evaluate(each.value))
    return evaluate(node.func)(*args, **more)
