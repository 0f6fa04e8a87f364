"""The sources that the profiles rest on: what each is, and where it was read."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

GENERAL_KNOWLEDGE = "GK"  # stands for "not read in a source"
OWN_RULES = "OWN"  # stands for what the organization decided itself


@dataclass(frozen=True, slots=True)
class Source:
    """A source: `ref` for people, `kind` (statute, secondary, ...), addresses of the copies that were read."""

    id: str
    ref: str
    kind: str
    urls: tuple[str, ...]


@cache
def all_sources() -> dict[str, Source]:
    """Every source by its id."""
    tables = tomllib.loads((files("app.law") / "sources.toml").read_text(encoding="utf-8"))
    return {
        id_: Source(id_, table["ref"], table["kind"], tuple(table["url"].split(" ; ")) if "url" in table else ())
        for id_, table in tables.items()
    }


def source(source_id: str) -> Source:
    """The source of that id; an unknown id is a programmer's error."""
    return all_sources()[source_id]
