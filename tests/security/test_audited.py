"""Every route that changes something leaves an audit line: the code behind each is followed to where lines are written.

A new POST, PUT, PATCH or DELETE whose act never comes to `audit.record` fails here, unless `UNTOLD` says why.
"""

import ast
import functools
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from app.core import audit
from app.main import app

UNTOLD = {
    "POST /sign-in": "whoever asks for a link has done nothing yet; opening the session with it is told",
    "POST /me/security/accounts": "leads to the provider's page; the account is told when it is connected",
    "POST /webhooks/stripe": "the processor speaks, nobody acts; what a message comes to is told when it is handled",
    "POST /me/identity": "leads to the processor's page; what it found is told when it is heard",
    "POST /desk/exchanges/{exchange_id}/reckoning": "a trial run that changes no share; proposing its list is told",
    "POST /desk/register/exports": "has a file made of what can be read; each download of it is told",
    "POST /api/v1/register/exports": "has a file made of what can be read; each download of it is told",
    "POST /ballots/secret/{slug}/receipt.pdf": "keeps nothing; a line with its time would lead to who voted then",
    "POST /desk/ballots/{slug}/box/sheets": "keeps no time of what is read on a secret paper; putting them in is told",
    "POST /api/v1/offers/{slug}/pledge-questions": "answers what would be asked; the pledge itself is told",
    "POST /api/v1/share-acts/previews": "tries an act and undoes it; proposing it is told",
    "POST /api/v1/verifications": "examines a file, and keeps nothing",
    "POST /verify": "looks a code up, and keeps nothing",
    "POST /verify/file": "examines a file, and keeps nothing",
    "POST /demo/parts": "a page of the demonstration that shows its parts, and keeps nothing",
}
WRITES = {audit.record, audit.record_many}


def changing() -> dict[str, Callable[..., Any]]:
    """The function behind each operation that changes something, by `METHOD /path`."""
    return {
        f"{method} {route.path}": route.dependant.call
        for route in iter_route_contexts(app.routes)
        if getattr(route, "dependant", None) is not None
        for method in sorted(route.methods - {"GET", "HEAD", "OPTIONS"})
    }


@functools.cache
def called_by(function: FunctionType) -> frozenset[FunctionType]:
    """The functions that a function of ours names: what it calls, and what it gives to others to call."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    names = dict(function.__globals__)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = importlib.import_module(node.module)
            names |= {each.asname or each.name: _named(module, each.name) for each in node.names}
    whole = tree.body[0]
    parts = whole.body if isinstance(whole, ast.FunctionDef | ast.AsyncFunctionDef) else [whole]  # no `def`: a lambda
    body = [node for part in parts for node in ast.walk(part)]
    return frozenset(found for node in body if isinstance(found := _meant(node, names), FunctionType))


def _named(module: ModuleType, name: str) -> Any:
    """What a module gives under a name: also a module of its own that nobody has imported yet."""
    return getattr(module, name) if hasattr(module, name) else importlib.import_module(f"{module.__name__}.{name}")


def _meant(node: ast.AST, names: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return inspect.unwrap(found) if callable(found := names.get(node.id)) else found
    if isinstance(node, ast.Attribute):
        of = _meant(node.value, names)
        return getattr(of, node.attr, None) if isinstance(of, ModuleType) else None
    return None


def reached(function: FunctionType) -> Iterator[FunctionType]:
    """Everything of ours that a function may come to."""
    waiting, seen = [function], {function}
    while waiting:
        now = waiting.pop()
        yield now
        if now.__module__.startswith("app.") and now not in WRITES:
            new = called_by(now) - seen
            seen |= new
            waiting += new


def leaves_a_line(function: Callable[..., Any]) -> bool:
    """Whether a route's function may come to where audit lines are written."""
    return any(each in WRITES for each in reached(inspect.unwrap(function)))


@pytest.mark.parametrize("operation", sorted(changing().keys() - UNTOLD.keys()))
def test_what_changes_something_is_told(operation):
    assert leaves_a_line(changing()[operation]), f"{operation} never comes to audit.record; or say why in UNTOLD"


def test_what_needs_no_line_is_still_there_and_leaves_none():
    assert UNTOLD.keys() <= changing().keys()
    assert [each for each in UNTOLD if leaves_a_line(changing()[each])] == []


def test_showing_a_page_is_not_taken_for_an_act():
    """Were a line written by what every route uses, the test above would say nothing."""
    from app.web.forms import read_fields, shown_again
    from app.web.pages import page, redirect

    assert not any(leaves_a_line(each) for each in (page, redirect, shown_again, read_fields))
