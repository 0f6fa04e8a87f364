"""Rights: who may do what, read from the application's own routes, so that no list can differ from what is enforced.

A dependency that judges who asks is marked with `lets_in`; a route's rule is what its marked dependencies demand. The
README's table, the reviewed list `tests/security/rights.txt` and the tests of every route are made from this.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

_MARK = "_lets_in"
BEGIN, END = "<!-- rights: written by `costake rights --write` -->", "<!-- end of rights -->"
SHARED = {
    "slug",
    "way",
    "code",
    "form",
    "purpose",
    "record",
    "motion_id",
    "comment_id",
    "moderation_id",
    "moderator_id",
}
"""Places of addresses that name nothing of one person's own."""
_PLACE = re.compile(r"{(\w+)")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Demand:
    """What a dependency demands of whoever asks: to be someone, to hold one of some roles, or more in words."""

    signed_in: bool = False
    roles: frozenset[str] | None = None
    also: str = ""


def lets_in(*, signed_in: bool = False, roles: Iterable[str] | None = None, also: str = "") -> Callable[[F], F]:
    """Mark a dependency with what it demands; `also` is a short English phrase such as `holds the link`."""
    demand = Demand(signed_in or roles is not None, frozenset(roles) if roles is not None else None, also)

    def mark(dependency: F) -> F:
        setattr(dependency, _MARK, demand)
        return dependency

    return mark


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked of the application, and the rule of who may."""

    method: str
    path: str
    purpose: str
    demands: tuple[Demand, ...]

    @property
    def roles(self) -> frozenset[str] | None:
        """The roles of which one is needed; None when none is."""
        asked = [each.roles for each in self.demands if each.roles is not None]
        return frozenset.intersection(*asked) if asked else None

    @property
    def signed_in(self) -> bool:
        """Whether whoever asks must be known."""
        return any(each.signed_in for each in self.demands)

    @property
    def own(self) -> bool:
        """Whether it is about one thing that must be one's own."""
        return self.signed_in and self.roles is None and bool(set(_PLACE.findall(self.path)) - SHARED)

    @property
    def rule(self) -> str:
        """The rule in words, as the reviewed list and the README have it."""
        if self.roles is not None:
            who = ", ".join(sorted(self.roles)) or "nobody"
        elif self.signed_in:
            who = "signed in, own only" if self.own else "signed in"
        else:
            who = "everyone"
        also = sorted({each.also for each in self.demands if each.also})
        return "; ".join([who, *also])


def operations(app: FastAPI) -> list[Operation]:
    """Every operation of an application, in the order of its routes."""
    return list(_operations(app))


def _operations(app: FastAPI) -> Iterator[Operation]:
    for route in iter_route_contexts(app.routes):
        dependant = getattr(route, "dependant", None)
        if dependant is None:
            continue  # static files
        demands = tuple(dict.fromkeys(_demands(dependant)))
        told = (dependant.call.__doc__ or "").strip().splitlines() or [""]
        for method in sorted(route.methods or ()):
            yield Operation(method, route.path or "", told[0], demands)


def _demands(dependant: Dependant) -> Iterator[Demand]:
    for each in dependant.dependencies:
        demand = getattr(each.call, _MARK, None)
        if demand is not None:
            yield demand
        yield from _demands(each)


def listed(found: Iterable[Operation]) -> str:
    """The reviewed list: one operation a line, `METHOD /path | rule`, sorted by path."""
    rows = sorted((each.path, each.method, each.rule) for each in found)
    return "".join(f"{method:<6} {path} | {rule}\n" for path, method, rule in rows)


def table(found: Iterable[Operation]) -> str:
    """A Markdown table: what each kind of person may look at and do, in the words of the routes."""
    rows: dict[str, tuple[list[str], list[str]]] = {}
    for each in sorted(found, key=lambda one: (one.path, one.method)):
        if not each.path.startswith("/demo/"):
            rows.setdefault(each.rule, ([], []))[each.method != "GET"].append(_said(each.purpose))
    lines = ["| who | may look at | may do |", "|---|---|---|"]
    for rule in sorted(rows, key=lambda one: (not one.startswith("everyone"), not one.startswith("signed in"), one)):
        seen, done = ("; ".join(dict.fromkeys(said)) for said in rows[rule])
        lines.append(f"| {rule} | {seen} | {done} |")
    return "\n".join(lines) + "\n"


def _said(purpose: str) -> str:
    plain = re.split("[:;|]", purpose.strip().rstrip("."))[0]
    return plain[:1].lower() + plain[1:] if plain[1:2].islower() or plain[1:2] == " " else plain


def with_table(text: str, found: Iterable[Operation]) -> str:
    """A text such as the README's, with the table between its marks as it is now."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin and end, f"the text needs {BEGIN} and {END}"
    return f"{before}{begin}\n{table(found)}{end}{after}"
