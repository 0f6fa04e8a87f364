"""Messages: what the code and the templates say, and what the catalogues of the other languages lack."""

import string
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from re import findall
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from app.core.language import LANGUAGES
from app.core.settings import ROOT

Id = str | tuple[str, ...]
"""A message id: the English text, or its singular and plural."""

_KEYWORDS: dict[str, Any] = {"N_": None, "_": None, "gettext": None, "ngettext": (1, 2)}
_JINJA = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols"}
_HEADER = r"""# What the room {room} says, in {lang}.
msgid ""
msgstr ""
"Language: {lang}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals={count}; plural={rule};\n"

"""
_SHARED = {"frame.html": "web", "parts": "web", "main.py": "web", "worker.py": "core", "demo.py": "cli"}


@dataclass(frozen=True)
class Found:
    """A message as the sources say it: the room it belongs to, and the places (`file:line`) where it is said."""

    room: str
    places: list[str] = field(default_factory=list)
    in_template: bool = False


def sources(root: Path = ROOT) -> dict[Id, Found]:
    """Every message of `app/**.py` and `templates/**`, each in the first room that says it."""
    found: dict[Id, Found] = {}
    for path in sorted([*(root / "app").rglob("*.py"), *(root / "templates").rglob("*.*")]):
        of = path.relative_to(root)
        room = _SHARED.get(of.parts[1], of.parts[1].removesuffix(".py"))
        template = of.parts[0] == "templates"
        method: Any = _extract_template if template else "python"
        for line, message, _comments, _context in extract_from_file(method, path, _KEYWORDS):
            key: Id = message if isinstance(message, str) else (message[0], message[1])
            entry = found.setdefault(key, Found(room, in_template=template))
            entry.places.append(f"{of}:{line}")
    return found


def _extract_template(fileobj: Any, keywords: Any, comment_tags: Any, options: Any) -> Any:
    return babel_extract(fileobj, keywords, comment_tags, _JINJA)


def catalogues(lang: str, root: Path = ROOT) -> dict[str, Catalog]:
    """The catalogue of each room in a language, as it is on disk."""
    read: dict[str, Catalog] = {}
    for path in sorted((root / "locales" / lang).glob("*.po")):
        with path.open("rb") as file:
            read[path.stem] = read_po(file, locale=lang)
    return read


def problems(root: Path = ROOT) -> list[str]:
    """Everything that is not right in the catalogues, one line each; empty when every language is complete."""
    wanted = sources(root)
    return [line for lang in LANGUAGES[1:] for line in _problems_of(lang, wanted, root)]


def _problems_of(lang: str, wanted: dict[Id, Found], root: Path) -> Iterator[str]:
    said: dict[Any, tuple[str, Message]] = {}
    for room, catalogue in catalogues(lang, root).items():
        for message in _messages(catalogue):
            where = f"locales/{lang}/{room}.po"
            if message.id in said and said[message.id][1].string != message.string:
                yield f"{where}: translated otherwise in {said[message.id][0]}: {message.id!r}"
            said[message.id] = (where, message)
            if message.id not in wanted:
                yield f"{where}: obsolete, nothing says it: {message.id!r}"
            elif message.fuzzy:
                yield f"{where}: fuzzy: {message.id!r}"
            else:
                yield from (f"{where}: {fault}: {message.id!r}" for fault in faults(message, wanted[message.id]))
        for message in catalogue.obsolete.values():
            yield f"locales/{lang}/{room}.po: obsolete, commented out: {message.id!r}"
    for key, found in wanted.items():
        if key not in said:
            yield f"locales/{lang}/{found.room}.po: missing: {key!r} ({found.places[0]})"


def faults(message: Message, found: Found) -> Iterator[str]:
    """What is wrong with one translation: empty, other places than in English, or text that cannot be filled."""
    english = (message.id,) if isinstance(message.id, str) else message.id
    other = (message.string,) if isinstance(message.string, str) else message.string
    if not other or not all(other):
        yield "missing"
        return
    expected = set().union(*map(places, english))
    for text in other:
        if (not message.pluralizable and places(text) != expected) or not places(text) <= expected:
            yield f"places {sorted(places(text))} are not {sorted(expected)}"
    if found.in_template:
        for text in (*english, *other):
            try:
                _ = text % defaultdict(int)
            except (TypeError, ValueError):
                yield f"a lone % in a template's message must be written %%: {text!r}"


def places(text: str) -> set[str]:
    """The `{places}` and `%(places)s` of a message."""
    try:
        braces = {f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        braces = {"unbalanced braces"}
    return braces | {f"%({name})s" for name in findall(r"%\((\w+)\)", text)}


def extract(root: Path = ROOT) -> list[str]:
    """Write what is missing into the catalogues with an empty translation, drop what nobody says; the lines changed."""
    wanted = sources(root)
    changed: list[str] = []
    for lang in LANGUAGES[1:]:
        kept = catalogues(lang, root)
        known = {message.id for catalogue in kept.values() for message in _messages(catalogue)}
        touched: set[str] = set()
        for room, catalogue in kept.items():
            for message in list(_messages(catalogue)):
                if message.id not in wanted:
                    catalogue.delete(message.id)
                    touched.add(room)
                    changed.append(f"locales/{lang}/{room}.po - {message.id!r}")
            if catalogue.obsolete:
                catalogue.obsolete.clear()
                touched.add(room)
        for key, found in wanted.items():
            if key not in known:
                kept.setdefault(found.room, Catalog(locale=lang)).add(key)
                touched.add(found.room)
                changed.append(f"locales/{lang}/{found.room}.po + {key!r}")
        for room in sorted(touched):
            _write(root / "locales" / lang / f"{room}.po", kept[room], lang)
    return changed


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _write(path: Path, catalogue: Catalog, lang: str) -> None:
    """One catalogue, in the order of its ids and without line numbers, so that parallel changes merge."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = Catalog(locale=lang)
    for message in sorted(_messages(catalogue), key=lambda message: str(message.id)):
        fresh.add(message.id, message.string, user_comments=message.user_comments)
    with path.open("wb") as file:
        file.write(_HEADER.format(room=path.stem, lang=lang, count=fresh.num_plurals, rule=fresh.plural_expr).encode())
        write_po(file, fresh, width=110, no_location=True, omit_header=True)
