"""Language: message catalogues, and how numbers, money, dates and moments are written for a reader."""

import gettext
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_name
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_compact_currency, format_currency, format_decimal, format_percent

from app.core.errors import Refusal
from app.core.money import Money, precision
from app.core.settings import ROOT

LANGUAGES = ("en", "fr")
NAMES = {"en": "English", "fr": "Français"}  # each in its own language, so that its readers find it
LOCALES = ROOT / "locales"


def translator(lang: str) -> Callable[[str], str]:
    """The function that says an English message in a language; English, or an unknown message, stays as it is."""
    catalogue = catalogue_of(lang)
    return lambda message: catalogue.gettext(message) if message else ""


def counter(lang: str) -> Callable[[str, str, int], str]:
    """The `ngettext` of a language: the form of a message that goes with a whole number."""
    return catalogue_of(lang).ngettext


@cache
def catalogue_of(lang: str) -> gettext.NullTranslations:
    """Every room's messages of one language (`locales/<lang>/<room>.po`), merged; English is the message itself."""
    assert lang in LANGUAGES, f"unknown language {lang}"
    merged = Catalog(locale=lang)
    files = sorted((LOCALES / lang).glob("*.po"))
    for path in files:
        with path.open("rb") as file:
            for message in read_po(file, locale=lang):
                if message.id and not message.fuzzy:
                    merged[message.id] = message
    if not files:
        return gettext.NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def choose(accept_language: str) -> str:
    """The best of our languages for an `Accept-Language` header; English when none fits."""
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept_language[:500].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        lang = tag.strip().lower().partition("-")[0]
        if lang in LANGUAGES and 0 < weight <= 1:
            wishes.append((-weight, place, lang))
    return min(wishes)[2] if wishes else LANGUAGES[0]


def money(amount: Money, lang: str, *, brief: bool = False) -> str:
    """An amount with its currency: `$2,300.00`, `2 300,00 $US`; `brief` leaves zero cents out: `$2,300`."""
    if brief and not amount.minor % 10 ** precision(amount.currency):
        pattern = Locale.parse(lang).currency_formats["standard"].pattern.replace(".00", "")
        return str(format_currency(amount.decimal(), amount.currency, pattern, locale=lang, currency_digits=False))
    return str(format_currency(amount.decimal(), amount.currency, locale=lang))


def figures(amount: Money, lang: str) -> str:
    """An amount without its currency, as fields show what can be typed: `2300.00`, `2 300,00`."""
    if lang == "en":
        return str(amount.decimal())
    digits = precision(amount.currency)
    return str(format_decimal(amount.decimal(), "#,##0" + (f".{'0' * digits}" if digits else ""), locale=lang))


def compact(amount: Money, lang: str) -> str:
    """An amount for the axis of a picture, rounded: `$8.1B`, `$150K`."""
    return str(format_compact_currency(amount.decimal(), amount.currency, locale=lang, fraction_digits=1))


def number(value: int, lang: str) -> str:
    """A whole number with its thousands grouped: `3,500,000`, `3 500 000`."""
    return str(format_decimal(value, locale=lang))


def decimal(value: str, lang: str) -> str:
    """An exact amount in major units, with the digits that it has: `1234.50` is `1,234.50`, `1 234,50`."""
    digits = len(value.partition(".")[2])
    return str(format_decimal(Decimal(value), f"#,##0.{'0' * digits}" if digits else "#,##0", locale=lang))


def percent(part: Fraction | int, lang: str, of: Fraction | int = 1, digits: int = 1) -> str:
    """A share as a percentage, cut off and never rounded up: 100 % is shown only when it is reached.

    `percent(Fraction(1, 3), "en")` is `33.3%`; `percent(pledged, "en", of=target)` needs `target` above zero.
    """
    scale = 10 ** (digits + 2)
    ratio = Fraction(part) / Fraction(of)
    whole = abs(ratio.numerator) * scale // ratio.denominator
    exact = Decimal(whole if ratio >= 0 else -whole).scaleb(-(digits + 2))
    return str(format_percent(exact, locale=lang, decimal_quantization=False))


def day(value: date, lang: str) -> str:
    """A date in full: `December 31, 2026`, `31 décembre 2026`, `1er janvier 2027`."""
    written = str(format_date(value, format="long", locale=lang))
    return "1er " + written.removeprefix("1 ") if lang == "fr" and value.day == 1 else written


def short_day(value: date, lang: str) -> str:
    """A day for the axis of a picture: `Dec 31`, `31 déc.`; the first of a month as that month: `Jan 2027`."""
    pattern = "MMM y" if value.day == 1 else ("d MMM" if lang == "fr" else "MMM d")
    return str(format_date(value, format=pattern, locale=lang))


def moment(value: datetime, lang: str, zone: str = "UTC") -> str:
    """A moment in a zone that is named: `December 31, 2026, 5:00 PM UTC`, `31 décembre 2026, 18:00 UTC+1`."""
    assert value.tzinfo is not None, "a moment needs a zone"
    local = value.astimezone(ZoneInfo(zone))
    clock_time = format_time(local.timetz(), format="short", locale=lang, tzinfo=local.tzinfo)
    return f"{day(local.date(), lang)}, {clock_time} {_zone(local, lang)}"


def _zone(local: datetime, lang: str) -> str:
    """`PST` where English readers know the letters, otherwise the offset (`UTC+5:30`), which everyone can read."""
    short = str(get_timezone_name(local, width="short", locale=Locale.parse(lang)))
    if lang == "en" and short.isalpha():
        return short
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return "UTC" + (f"{'-' if minutes < 0 else '+'}{hours}" if minutes else "") + (f":{rest:02}" if rest else "")


def fill(message: str, facts: Mapping[str, Any], lang: str) -> str:
    """A message with `{places}`, said in a language, its facts written as that language writes them."""
    return translator(lang)(message).format(**{name: written(fact, lang) for name, fact in facts.items()})


def say(refusal: Refusal, lang: str) -> str:
    """A refusal's message in a language."""
    return fill(refusal.message, refusal.facts, lang)


def written(fact: Any, lang: str) -> str:
    """One fact of a message as a language writes it: money, moments, dates, shares, whole numbers, or text.

    A state or role (its value is a message), a refusal, and a list of them are said in the language too.
    """
    if isinstance(fact, StrEnum):
        return translator(lang)(fact.value)
    if isinstance(fact, Refusal):
        return say(fact, lang)
    if isinstance(fact, list):
        return " ".join(written(each, lang) for each in fact)
    if isinstance(fact, Money):
        return money(fact, lang)
    if isinstance(fact, datetime):
        return moment(fact, lang)
    if isinstance(fact, date):
        return day(fact, lang)
    if isinstance(fact, Fraction):
        return percent(fact, lang)
    if isinstance(fact, int) and not isinstance(fact, bool):
        return number(fact, lang)
    return str(fact)
