"""Countries: their names in the reader's language, in the order in which readers look a name up."""

from functools import cache
from unicodedata import combining, normalize

from babel import Locale

_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
# Parts of countries, with codes outside ISO 3166-1: whoever chose one would pass where the whole country is closed.
_PARTS = frozenset({"AC", "CP", "CQ", "DG", "EA", "IC", "TA"})


@cache
def country_names(lang: str) -> dict[str, str]:
    """ISO 3166-1 alpha-2 codes with their names in a language (CLDR), sorted by name, accents aside."""
    names = {
        code: name
        for code, name in Locale.parse(lang).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES | _PARTS
    }
    return dict(sorted(names.items(), key=lambda item: _plain(item[1])))


def _plain(name: str) -> str:
    return "".join(char for char in normalize("NFD", name) if not combining(char)).casefold()
