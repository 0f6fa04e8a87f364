"""Reading what people correct in a document: words and days by their names, refused at their own fields."""

from collections.abc import Mapping
from typing import Any

from app.documents.kinds import Field
from app.documents.models import Document
from app.web.typed import Form


def read_fact(form: Form, name: str, fact: Field) -> str:
    """A fact as it was typed at a field of a form: a day as ISO 8601, else words; "" for none."""
    if fact.type == "day":
        day = form.day(name) if fact.mandatory else form.day_or_none(name)
        return day.isoformat() if day else ""
    return form.text(name, 20_000, required=fact.mandatory, lines=True)


def changed_facts(document: Document, typed: Mapping[str, str]) -> dict[str, Any]:
    """Those of some facts that differ from what a document says; one that says nothing any more is None."""
    return {name: value or None for name, value in typed.items() if value != (document.facts.get(name) or "")}
