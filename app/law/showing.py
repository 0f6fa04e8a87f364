"""A profile in lines for people: every value with its source, whether it was read, and how far it binds."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.law.decisions import shown
from app.law.profiles import Profile, is_threshold
from app.law.rules import RULES
from app.law.sources import source
from app.law.values import Value


def rules_of(profile: Profile) -> dict[str, list[str]]:
    """The rules that figures can decide under a profile, each with the figures it takes."""
    return {rule.name: [figure.name for figure in rule.takes] for rule in RULES.values() if profile.id in rule.profiles}


def as_lines(data: Any) -> Iterator[str]:
    """A value's data in lines: lists with dashes, tables as `key: value`, a majority as `for > 1/2 of outstanding`."""
    if data is None:
        yield "none"
    elif is_threshold(data):
        yield f"{data['numerator']} {data['operator']} {data['fraction']} of {data['denominator']}"
    elif isinstance(data, tuple):
        for inner in data:
            first, *rest = as_lines(inner)
            yield from (f"- {first}", *(f"  {line}" for line in rest))
    elif isinstance(data, Mapping):
        for key, inner in data.items():
            lines = list(as_lines(inner))
            single = len(lines) == 1 and not isinstance(inner, tuple)
            yield from [f"{key}: {lines[0]}"] if single else [f"{key}:", *(f"  {line}" for line in lines)]
    elif isinstance(data, bool):
        yield "yes" if data else "no"
    else:
        yield shown(data)


def standing(value: Value) -> str:
    """How far a value binds, with what that rests on."""
    how = "source read" if value.read else "no source read"
    how = f"confirmed by {value.confirmed_by}" if value.confirmed_by else how
    return f"{'enforced' if value.enforced else 'advisory'} ({how}, confidence {value.confidence})"


def foundation(value: Value) -> Iterator[tuple[str, str]]:
    """What a value rests on, in labelled lines: how far it binds, since when, its sources, its note."""
    yield "Binds", standing(value)
    if value.valid_from or value.valid_to:
        yield "In force", value.period()
    for id_ in value.sources:
        yield "Source", f"{id_}: {source(id_).ref} ({source(id_).kind})"
    if value.note:
        yield "Note", value.note


def profile_data(profile: Profile) -> dict[str, Any]:
    """A profile for machines."""
    return {
        "id": profile.id,
        "title": profile.title,
        "jurisdiction": profile.jurisdiction,
        "zone": profile.zone,
        "kind": profile.kind,
        "version": profile.version,
        "route": profile.route,
        "from": profile.converts_from,
        "to": profile.converts_to,
        "overlays": list(profile.overlays),
        "approvals": [{"step": one.step, "who": one.who, "resolution": one.resolution} for one in profile.approvals],
        "values": [value.as_data() for value in profile.values.values()],
        "rules": rules_of(profile),
    }
