"""The legal documents of a conversion: when each is issued, what it must say, how it is signed and kept."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from app.law.values import Value, frozen


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of document. `fields` is the value listing what it must say; `by_jurisdiction` what a country adds."""

    id: str
    name: str
    issued: str
    fields: Value
    by_jurisdiction: Mapping[str, str | tuple[str, ...]]
    signature: str
    pdf: str
    keep: str


@cache
def all_documents() -> Mapping[str, Document]:
    """Every document by its id, `D01` to `D25`."""
    tables = tomllib.loads((files("app.law") / "documents.toml").read_text(encoding="utf-8"))
    return MappingProxyType({id_: _document(id_, table) for id_, table in tables.items()})


def _document(id_: str, table: Mapping[str, object]) -> Document:
    texts = {name: str(table[name]) for name in ("name", "issued", "signature", "pdf", "keep")}
    fields, sources = table["fields"], table["sources"]
    assert isinstance(fields, list), f"{id_}: no list of fields"
    assert isinstance(sources, list), f"{id_}: no list of sources"
    value = Value(
        "documents",
        id_,
        texts["name"],
        frozen(fields),
        tuple(sources),
        table["read"] is True,
        Decimal(str(table["confidence"])),
    )
    return Document(id=id_, fields=value, by_jurisdiction=frozen(table.get("by_jurisdiction", {})), **texts)
