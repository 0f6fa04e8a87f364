"""Drafts of rules and statutes, one readable file for each new form, filled with the organization's answers.

A place `{like this}` is a question's key, `entity_name` or `resulting_name`; what is not answered stands as `[…]` with
its question, so that counsel sees the gap. Drafts are in the language in which the form is registered.
"""

import re
from collections.abc import Mapping
from importlib.resources import files

from app.conversion.answers.questions import QUESTIONS
from app.core.language import translator

LANGUAGE = {"fr-scic": "fr"}
"""In which of our languages a form's papers are, where it is not English."""
_TITLES = {each.key: each.title for group in QUESTIONS.values() for each in group}
_PLACE = re.compile(r"\{(\w+)\}")


def has_draft(target: str | None) -> bool:
    """Whether there is a draft for a new form."""
    return target is not None and (files("app.conversion.drafts") / f"{target}.txt").is_file()


def rules_draft(target: str, known: Mapping[str, str]) -> str:
    """The draft of the rules of a new form (the id of its profile), its places filled with what is known."""
    body = (files("app.conversion.drafts") / f"{target}.txt").read_text(encoding="utf-8")
    say = translator(language_of_form(target))

    def filled(place: re.Match[str]) -> str:
        key = place[1]
        assert key in _TITLES or key in ("entity_name", "resulting_name"), f"{target}: {key}"
        return known.get(key) or f"[… {say(_TITLES.get(key, key))}]"

    return _PLACE.sub(filled, body).strip()


def language_of_form(target: str | None) -> str:
    """The language of ours in which the papers of a new form are drawn up."""
    return LANGUAGE.get(target or "", "en")
