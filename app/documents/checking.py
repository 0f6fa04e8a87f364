"""Checking facts before they are filed: each mandatory one of the kind and the profile is there, each of its type."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from app.core.errors import N_, Refusal
from app.documents.kinds import Field, Kind
from app.documents.renderer.fonts import uncovered
from app.law.profiles import Profile


class FactsMissing(Refusal):
    """A document may not leave out what the law or the kind demands."""

    message = N_("The document cannot be filed: {missing} must be known first. Add it, then file the document again.")


class NotShown(Refusal):
    """No font of documents has the character, so that the page would show an empty box."""

    message = N_(
        "The document cannot be filed: no font of documents shows {characters} in {fact}. Write it otherwise, or add a "
        "font to the folder of COSTAKE_DOCUMENT_FONTS."
    )


def check_shown(facts: dict[str, Any]) -> None:
    """Refuse facts with a character that no font of documents shows, naming the first of them."""
    for name, value in facts.items():
        if found := uncovered(_texts(value)):
            characters = ", ".join(
                f"“{each}” (U+{ord(each):04X})" if each.isprintable() else f"U+{ord(each):04X}" for each in found[:5]
            )
            raise NotShown(characters=characters, fact=name)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def check_facts(kind: Kind, facts: dict[str, Any], profile: str | None) -> None:
    """Refuse facts that lack a mandatory one, naming each; an undeclared or mistyped fact is a programmer's error."""
    fields = kind.fields_in(profile)
    undeclared = facts.keys() - {each.name for each in fields}
    assert not undeclared, f"{kind.name} declares no {', '.join(sorted(undeclared))}"
    missing = [each.name for each in fields if each.mandatory and _is_missing(facts.get(each.name))]
    if missing:
        raise FactsMissing(missing=", ".join(missing))
    for each in fields:
        value = facts.get(each.name)
        assert value is None or _fits(each, value), f"{kind.name}: {each.name} is no {each.type}: {value!r}"


def unsure(kind: Kind, law: Profile) -> list[str]:
    """The titles of what a document rests on in a law profile that is not sure: counsel has to confirm it first.

    Sure is what the product enforces: read in its source and at least 0.95 sure, or confirmed by counsel.
    """
    found = [value for key, value in law.values.items() if key.rpartition(".")[2] in kind.rests_on]
    return list(dict.fromkeys(value.title for value in found if not value.enforced))


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _fits(field: Field, value: Any) -> bool:
    match field.type:
        case "text":
            return isinstance(value, str)
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool)
        case "flag":
            return isinstance(value, bool)
        case "list":
            return isinstance(value, list)
        case "record":
            return isinstance(value, dict)
        case "day":
            return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
        case "moment":
            return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
