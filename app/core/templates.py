"""Templates: pages, letters and documents, each rendered in one language; `.html` is escaped, `.txt` is not."""

from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from app.core import language
from app.core.errors import Refusal
from app.core.money import Money
from app.core.settings import ROOT

FOLDER = ROOT / "templates"


@cache
def environment(lang: str) -> Environment:
    """The templates of one language: messages translated, filters `money number percent day moment` bound to it.

    `text|said` translates a message that is only known when the page is made: a label marked with `N_`, or a refusal.
    """
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=lambda name: name is None or not name.endswith(".txt"),  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        language.translator(lang), language.counter(lang), newstyle=True
    )
    made.globals["lang"] = lang
    made.filters |= _filters(lang)
    return made


def render(name: str, lang: str, **facts: Any) -> str:
    """A template's text in a language; a fact that is missing is a programmer's error."""
    return environment(lang).get_template(name).render(facts)


def _filters(lang: str) -> dict[str, Any]:
    def money(amount: Money | int, currency: str | None = None, brief: bool = False) -> str:
        """A `Money`, or minor units with their currency: `{{ amount_minor|money(currency) }}`."""
        if not isinstance(amount, Money):
            assert currency is not None, "minor units need a currency"
            amount = Money(amount, currency)
        return language.money(amount, lang, brief=brief)

    def figures(amount: Money) -> str:
        return language.figures(amount, lang)

    def number(value: int) -> str:
        return language.number(value, lang)

    def decimal(value: str) -> str:
        return language.decimal(value, lang)

    def percent(part: Fraction | int, of: Fraction | int = 1, digits: int = 1) -> str:
        return language.percent(part, lang, of, digits)

    def day(value: date | str) -> str:
        return language.day(date.fromisoformat(value) if isinstance(value, str) else value, lang)

    def moment(value: datetime | str, zone: str = "UTC") -> str:
        return language.moment(datetime.fromisoformat(value) if isinstance(value, str) else value, lang, zone)

    def said(message: str | Refusal) -> str:
        return language.say(message, lang) if isinstance(message, Refusal) else language.translator(lang)(message)

    return {
        "money": money,
        "figures": figures,
        "compact": lambda amount: language.compact(amount, lang),
        "shortday": lambda day: language.short_day(day, lang),
        "number": number,
        "decimal": decimal,
        "percent": percent,
        "day": day,
        "moment": moment,
        "paragraphs": paragraphs,
        "said": said,
    }


def paragraphs(text: str) -> Markup:
    """Text typed by a person as escaped paragraphs: blank lines part them, single line breaks stay."""
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n")]
    lines = [Markup("<br>").join(escape(line) for line in block.split("\n")) for block in blocks if block]
    return Markup("").join(Markup("<p>{}</p>").format(block) for block in lines)
