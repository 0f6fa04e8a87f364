"""Typed values of a form: each read exactly or refused at its field, all problems told at once."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email

from app.core.errors import N_, InvalidInput, Refusal
from app.core.money import Money, read_amount

T = TypeVar("T")
WHOLE_MAX = 2**53 - 1
_GROUPED = re.compile(r"[0-9]+|[0-9]{1,3}(?P<mark>[,. '’\u00a0\u202f])[0-9]{3}(?:(?P=mark)[0-9]{3})*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_JOINERS = re.compile("[\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_LATIN, _ALIKE = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"), re.compile("[\u0391-\u03ce\u0400-\u052f]")
_EARLIEST, _LATEST = date(1850, 1, 1), date(2200, 1, 1)


class Missing(Refusal):
    """A field that is needed is empty."""

    message = N_("Please fill in this field.")


class NotChecked(Refusal):
    """A box that must be ticked is not."""

    message = N_("Please tick this box to go on.")


class NoLetters(Refusal):
    """A name without a letter is none."""

    message = N_("Write the name in letters, as in the register or identity document.")


class MixedLetters(Refusal):
    """A word has letters of two alphabets that look alike, as in a name that is made to look like another's."""

    message = N_("“{word}” mixes letters of different alphabets that look alike. Type it in one alphabet.")


class TooLong(Refusal):
    """The text is longer than the field takes."""

    message = N_("This is {length} characters long. At most {most} are possible.")


class ControlCharacters(Refusal):
    """The text holds characters that cannot be seen, such as line breaks in a name."""

    message = N_("This contains invisible characters. Type it again instead of pasting it.")


class NotWhole(Refusal):
    """The text is not a whole number."""

    message = N_("“{text}” is not a whole number. Use digits only.")


class TooSmall(Refusal):
    """The number or amount is below the least possible."""

    message = N_("This must be at least {least}.")


class TooGreat(Refusal):
    """The number or amount is above the most possible."""

    message = N_("This must be at most {most}.")


class NotADay(Refusal):
    """The text is not a date."""

    message = N_("“{text}” is not a date. Write it as year-month-day, like 2026-12-31.")


class NotAMoment(Refusal):
    """The text is not a date with a time, or the clocks of the zone skip that time."""

    message = N_("“{text}” is not a date and time in {zone}. Write it like 2026-12-31 17:00.")


class NotAnAddress(Refusal):
    """The text is not an e-mail address."""

    message = N_("“{text}” is not an e-mail address. Write it like name@example.org.")


class NotAChoice(Refusal):
    """The value is none of those that were offered."""

    message = N_("Please choose one of the options.")


class NotAKey(Refusal):
    """A form's key was tampered with."""

    message = N_("This form is damaged. Load the page again and send it once more.")


class Form:
    """The values of a form by type; `done()` refuses all problems together.

    After a problem a reader gives a harmless stand-in (empty text, zero, the epoch), so that all fields are looked
    at before `done()` raises; nothing may act on values before it.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields
        self.problems: dict[str, str | Refusal] = {}

    def text(self, name: str, max: int = 200, *, required: bool = True, lines: bool = False) -> str:
        """One line of text (or several with `lines`), trimmed and NFC-normalised; "" when it may be left out."""
        raw = self._fields.get(name, "").replace("\r\n", "\n").replace("\r", "\n")
        value = unicodedata.normalize("NFC", raw).strip()
        if not value:
            return self._refuse(name, Missing(), "") if required else ""
        if len(value) > max:
            return self._refuse(name, TooLong(length=len(value), most=max), "")
        plain = re.sub(r"[\n\t]", " ", value) if lines else value
        if _hides(plain) or not _is_visible(value):
            return self._refuse(name, ControlCharacters(), "")
        for word in [] if lines else re.findall(r"\w+", value):
            if _LATIN.search(word) and _ALIKE.search(word):
                return self._refuse(name, MixedLetters(word=word[:40]), "")
        return value

    def person_name(self, name: str, max: int = 200) -> str:
        """A name as registers have it: one line of text with at least one letter of any script."""
        value = self.text(name, max)
        if value and not any(char.isalpha() for char in value):
            return self._refuse(name, NoLetters(), "")
        return value

    def whole(self, name: str, min: int = 0, max: int = WHOLE_MAX) -> int:
        """A whole number in ASCII digits, grouped or not (`3500000`, `3,500,000`, `3 500 000`)."""
        raw = self.text(name, 40)
        if not raw:
            return min
        if not _GROUPED.fullmatch(raw):
            return self._refuse(name, NotWhole(text=raw), min)
        value = int(re.sub(r"[^0-9]", "", raw))
        if value < min:
            return self._refuse(name, TooSmall(least=min), min)
        if value > max:
            return self._refuse(name, TooGreat(most=max), min)
        return value

    def whole_or_none(self, name: str, min: int = 0, max: int = WHOLE_MAX) -> int | None:
        """A whole number that may be left out."""
        return self.whole(name, min, max) if self._fields.get(name, "").strip() else None

    def money(self, name: str, currency: str, min: Money | None = None, max: Money | None = None) -> Money:
        """An amount in major units of a currency, exact."""
        raw = self.text(name, 40)
        if not raw:
            return Money(0, currency)
        try:
            value = read_amount(raw, currency)
        except Refusal as refusal:
            return self._refuse(name, refusal, Money(0, currency))
        if min is not None and value < min:
            return self._refuse(name, TooSmall(least=min), min)
        if max is not None and max < value:
            return self._refuse(name, TooGreat(most=max), max)
        return value

    def day(self, name: str) -> date:
        """A date as browsers send it (`2026-12-31`)."""
        raw = self.text(name, 40)
        if not raw:
            return _EARLIEST
        try:
            value = date.fromisoformat(raw) if _DAY.fullmatch(raw) else date.min
        except ValueError:
            value = date.min
        if not _EARLIEST <= value < _LATEST:
            return self._refuse(name, NotADay(text=raw), _EARLIEST)
        return value

    def moment(self, name: str, zone: str = "UTC") -> datetime:
        """A local date and time of a zone (`2026-12-31T17:00`), in UTC.

        A time that the zone's clocks skip is refused; of one that they show twice, the first is taken.
        """
        raw = self.text(name, 40)
        start = datetime(1970, 1, 1, tzinfo=UTC)
        if not raw:
            return start
        try:
            local = datetime.fromisoformat(raw)
        except ValueError:
            return self._refuse(name, NotAMoment(text=raw, zone=zone), start)
        if not _MOMENT.fullmatch(raw) or not _EARLIEST <= local.date() < _LATEST:
            return self._refuse(name, NotAMoment(text=raw, zone=zone), start)
        value = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if value.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
            return self._refuse(name, NotAMoment(text=raw, zone=zone), start)
        return value

    def email(self, name: str) -> str:
        """An e-mail address, normalised."""
        raw = self.text(name, 254)
        if not raw:
            return ""
        try:
            return validate_email(
                raw, check_deliverability=False, test_environment=True, allow_smtputf8=False
            ).normalized
        except EmailNotValidError:
            return self._refuse(name, NotAnAddress(text=raw), "")

    def choice(self, name: str, allowed: Iterable[str]) -> str:
        """One of the allowed values."""
        value = self._fields.get(name, "")
        return value if value in set(allowed) else self._refuse(name, NotAChoice() if value else Missing(), "")

    def peek(self, name: str) -> str:
        """What was sent for a field, unread: for judging another field by it before its own turn."""
        return self._fields.get(name, "")

    def day_or_none(self, name: str) -> date | None:
        """A date that may be left out."""
        return self.day(name) if self._fields.get(name, "").strip() else None

    def choices(self, name: str, allowed: Iterable[str]) -> list[str]:
        """Any number of the allowed values, each once, in the order allowed."""
        several: Any = getattr(self._fields, "several", None)
        given = set(several(name)) if several else {self._fields[name]} if name in self._fields else set()
        known = list(allowed)
        return (
            [value for value in known if value in given]
            if given <= set(known)
            else self._refuse(name, NotAChoice(), [])
        )

    def checked(self, name: str, *, required: bool = False) -> bool:
        """Whether a box is ticked; refused when it must be and is not."""
        ticked = bool(self._fields.get(name))
        return ticked or (self._refuse(name, NotChecked(), False) if required else False)

    def key(self, name: str = "form_key") -> str:
        """The key with which a form acts once however often it is sent: a UUID that the page made."""
        try:
            return str(UUID(self._fields.get(name, "")))
        except ValueError:
            return self._refuse(name, NotAKey(), "")

    def refuse(self, name: str, problem: Refusal | str) -> None:
        """Add a problem of the caller's own to a field: a refusal, or a message marked with `N_`."""
        self._refuse(name, problem, None)

    def done(self) -> None:
        """Refuse the form if any field has a problem."""
        if self.problems:
            raise InvalidInput(self.problems)

    def _refuse(self, name: str, problem: Refusal | str, stand_in: T) -> T:
        self.problems.setdefault(name, problem)
        return stand_in


def _hides(text: str) -> bool:
    """Whether a text has characters that are not seen.

    Joiners and variants are part of many scripts, but do nothing after a space or a Latin, Greek or Cyrillic letter.
    """
    alone = (" " if at == 0 else text[at - 1] for at in (found.start() for found in _JOINERS.finditer(text)))
    return any(map(_is_invisible, text)) or any(
        char.isspace() or unicodedata.name(char, "").startswith(("LATIN", "GREEK", "CYRILLIC", "COMBINING"))
        for char in alone
    )


def _is_invisible(char: str) -> bool:
    """Whether a character is a control, a blank, or turns or hides the text around it.

    The two that no XML may hold would break feeds and pictures for everyone.
    """
    hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") or char in _BLANKS or char in "\ufffe\uffff"
    return hidden and not _JOINERS.fullmatch(char)


def _is_visible(text: str) -> bool:
    """Whether a text has anything to see."""
    return any(unicodedata.category(char)[0] in "LNPS" for char in text)
