"""Objects in the places of their ids, where a request asks for that with `expand`."""

import re
from functools import cache

from app.stripedouble.books import Books
from app.stripedouble.errors import Thing, invalid
from app.stripedouble.operations import Operation, listed
from app.stripedouble.shapes import KINDS, annotations, kind_of, rendered

DEPTH = 4
_REFERENCE = re.compile(r"ForwardRef\('(\w+)'\)")
_ASKED_FOR = {  # what is answered only where it is asked for
    ("charge", "refunds"): "refund",
    ("checkout.session", "line_items"): None,
    ("identity.verification_session", "verified_outputs"): None,
}
_ANY = "*"


@cache
def _expandable(kind: str) -> dict[str, str | None]:
    """The fields of a kind that may be expanded, with the kind that they lead to (None: one that is not made here)."""
    by_class = {each.place.partition(":")[2]: name for name, each in KINDS.items()}
    found: dict[str, str | None] = {name: to for (mine, name), to in _ASKED_FOR.items() if mine == kind}
    for field, hint in annotations(kind).items():
        classes = _REFERENCE.findall(hint)
        if classes and "typing.List" not in hint:
            found[field] = by_class.get(classes[0]) if len(classes) == 1 else _ANY
    return found


def check(operation: Operation, paths: list[str]) -> None:
    """Refuse what cannot be expanded, before anything is done."""
    noun = operation.path.removeprefix("/v1/").replace("/", ".").split(".{")[0]
    kind = {f"{name.removesuffix('y')}ies" if name.endswith("y") else f"{name}s": name for name in KINDS}.get(noun)
    for path in paths:
        parts = path.split(".")
        if len(parts) > DEPTH:
            raise invalid(f"You cannot expand more than {DEPTH} levels of a property ({path}).", "expand")
        at = kind
        if parts[0] == "data" and operation.method == "GET" and "{" not in operation.path.rpartition("/")[2]:
            parts = parts[1:]
        for part in parts:
            if at is not None and at != _ANY and part not in _expandable(at):
                raise invalid(f"This property cannot be expanded ({path}).", "expand")
            at = _expandable(at)[part] if at is not None and at != _ANY else None


def expanded(books: Books, answer: Thing, paths: list[str]) -> Thing:
    """The answer with the objects themselves in the places of the ids that were asked for."""
    for path in paths:
        _expand(books, answer, path.split("."))
    return answer


def _expand(books: Books, holder: Thing, parts: list[str]) -> None:
    name, *rest = parts
    kind, value = holder.get("object"), holder.get(name)
    if kind == "charge" and name == "refunds":
        path = f"/v1/charges/{holder['id']}/refunds"
        value = holder[name] = listed(books, "refund", {}, path, {"charge": holder["id"]})
    elif isinstance(kind, str) and (kind, name) in _ASKED_FOR:
        value = holder[name] = books.hidden.get(holder["id"], {}).get(name)
    elif isinstance(value, str):
        reached = kind_of(value)
        row = books.tables[reached].get(value) if reached else None
        value = holder[name] = rendered(row) if row is not None else value
    for each in value if isinstance(value, list) else [value]:
        if rest and isinstance(each, dict):
            _expand(books, each, rest)
