"""Countries of an offer: codes as typed, and those that are closed at first, each with the source."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from app.core.errors import N_, Refusal
from app.web.countries import country_names


class UnknownCountries(Refusal):
    """A code is not a country's."""

    message = N_("These are not codes of countries: {codes}. Use two letters each, such as US FR JP.")


@cache
def sanctioned() -> dict[str, str]:
    """Codes of the countries under a comprehensive embargo, each with the source of it."""
    table = tomllib.loads((files("app.offers.terms") / "sanctioned.toml").read_text(encoding="utf-8"))
    return {code: entry["source"] for code, entry in table.items()}


def read_countries(text: str) -> tuple[str, ...]:
    """The ISO 3166-1 codes of a text, parted by spaces, commas or lines, each once and sorted."""
    codes = {code.upper() for code in re.split(r"[\s,;]+", text) if code}
    if unknown := sorted(codes - set(country_names("en"))):
        raise UnknownCountries(codes=", ".join(code[:20] for code in unknown[:10]))
    return tuple(sorted(codes))


def is_open_to(countries: list[str], closed: list[str], country: str) -> bool:
    """Whether terms with these open and closed countries let somebody from a country take part."""
    return country not in closed and (not countries or country in countries)
