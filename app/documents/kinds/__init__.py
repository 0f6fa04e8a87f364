"""Kinds of documents: of each its facts by name and type, which of them are mandatory where, who seals and who signs.

Each module of this package declares one kind as `KIND`; its template is `templates/documents/<name>.html`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal

Type = Literal["text", "whole", "moment", "day", "flag", "list", "record"]
"""What a fact is, as JSON holds it: money is whole minor units, moments and days are ISO 8601."""
Level = Literal["B-B", "B-T", "B-LT"]
"""PAdES: sealed; with a trusted timestamp; with what proves the seal after its certificate has ended."""


@dataclass(frozen=True, slots=True)
class Field:
    """A fact. A mandatory one must be there, and a text must say something; a list may be empty."""

    name: str
    type: Type = "text"
    mandatory: bool = True


ISSUER = (
    Field("organization"),
    Field("organization_seat", mandatory=False),
    Field("organization_form", mandatory=False),
    Field("organization_register", mandatory=False),
    Field("counsel", "list", mandatory=False),
    Field("evidence", "list", mandatory=False),
)
"""Whose document it is, what counsel still has to look at, and how those who signed it did."""
MEETING = (
    Field("meeting_title"),
    Field("meeting_nature", mandatory=False),
    Field("meeting_at", "moment"),
    Field("meeting_place", mandatory=False),
    Field("meeting_link", mandatory=False),
)
"""Which meeting it is of."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document.

    `version` counts changes of the facts' schema, `template_version` changes of what the page says. `law` is its id in
    `app/law/documents.toml`. `by_profile` are further mandatory facts where a law profile's id is the key or begins
    with it and a dash (`us-de` counts for `us-de-266`). `signatories` are the capacities of people who sign, in order.
    `rests_on` are values of a law profile by which the text is written, by the last part of their keys.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    version: int = 1
    template_version: int = 1
    law: str = ""
    by_profile: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)
    seal: bool = True
    level: Level = "B-T"
    signatories: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()

    def fields_in(self, profile: str | None) -> tuple[Field, ...]:
        """The facts under a law profile (`us-de-266`, or an own copy of it `us-de-266@7`)."""
        law = (profile or "").partition("@")[0]
        further = [found for key, found in self.by_profile.items() if f"{law}-".startswith(f"{key}-")]
        return (*self.fields, *(each for found in further for each in found))


def kind_of(name: str) -> Kind:
    """A kind by its name; a name that none has is a programmer's error."""
    return all_kinds()[name]


@cache
def all_kinds() -> Mapping[str, Kind]:
    """Every kind by its name."""
    modules = [import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__)]
    kinds: list[Kind] = [module.KIND for module in modules]
    names = [kind.name for kind in kinds]
    assert len(set(names)) == len(names), "two modules declare one kind"
    return {kind.name: kind for kind in sorted(kinds, key=lambda kind: (kind.law, kind.name))}
