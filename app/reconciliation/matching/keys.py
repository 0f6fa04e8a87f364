"""Which payment references a bank line may mean: in any spelling, with look-alike letters, with one slip, or cut off.

A reference is `RF`, two check digits and ten digits (ISO 11649, mod 97). Banks break lines inside it, put spaces and
dots in it, or leave `RF` out; people read O for 0 and l for 1.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from stdnum.iso7064 import mod_97_10

from app.core.errors import N_
from app.payments.references import LENGTH

DIGITS = LENGTH + 2
_LOOKS_LIKE = str.maketrans("OQDIJLZEASGTB", "0001112345678")
_ALIKE = "0-9OQDIJLZEASGTB"
_WITH_RF = re.compile(rf"(?=RF([{_ALIKE}]{{{DIGITS}}}))")
_RUN = re.compile(rf"(?<![A-Z0-9])[{_ALIKE}]+(?![A-Z0-9])")
_CUT = re.compile(r"RF([0-9]{6,11})$")
DIGITS_LEAST = 7  # of a run without RF that is read as a code: fewer are words


class How(StrEnum):
    """How a reference was found in a line."""

    REFERENCE = N_("the payment reference")
    CODE = N_("the digits of the reference, without its beginning")
    SLIP = N_("a reference in which one character differs")
    CUT = N_("the beginning of a reference, cut off")


@dataclass(frozen=True, slots=True)
class Keys:
    """References that a line may mean, each with how it was found, the best first; `cut` is one's beginning."""

    found: tuple[tuple[str, How], ...]
    cut: str = ""

    def by(self, how: How) -> list[str]:
        """The references found in one way."""
        return [reference for reference, each in self.found if each is how]


def keys_of(texts: Iterable[str]) -> Keys:
    """The references that the texts of a line may mean; texts are the structured references and each free text."""
    found: dict[str, How] = {}
    slips: dict[str, None] = {}
    cut = ""
    for text in texts:
        upper = text.upper()
        spaced = re.sub(r"[^A-Z0-9\n]+", " ", upper)
        whole = re.sub(r"[^A-Z0-9]", "", upper)
        if "RF" in whole:
            for match in _WITH_RF.finditer(whole):
                digits = match[1].translate(_LOOKS_LIKE)
                if valid(digits):
                    found.setdefault(f"RF{digits}", How.REFERENCE)
                else:
                    slips |= dict.fromkeys(one_slip(digits))
            ended = _CUT.search(whole)
            cut = cut or (f"RF{ended[1]}" if ended else "")
        for digits in _runs(spaced):
            if len(digits) == DIGITS and valid(digits):
                found.setdefault(f"RF{digits}", How.REFERENCE)
            elif len(digits) == LENGTH:
                found.setdefault(with_check(digits), How.CODE)
    known = sorted(found.items(), key=lambda each: each[1] is How.CODE)
    if not known:
        known = [(each, How.SLIP) for each in slips]
    return Keys(tuple(known), cut)


def _runs(spaced: str) -> Iterator[str]:
    """Runs of ten or twelve digits: as one word, or as neighbouring words of digits only."""
    for row in spaced.split("\n"):
        words = row.split()
        for begin in range(len(words)):
            run = ""
            for word in words[begin : begin + 6]:
                if not _RUN.fullmatch(word) or sum(sign.isdigit() for sign in word) * 2 < len(word):
                    break
                run += word
                if len(run) > DIGITS:
                    break
                if len(run) in (LENGTH, DIGITS) and sum(sign.isdigit() for sign in run) >= DIGITS_LEAST:
                    yield run.translate(_LOOKS_LIKE)


def valid(digits: str) -> bool:
    """Whether check digits and the ten digits behind them fit (mod 97-10)."""
    return int(f"{digits[2:]}2715{digits[:2]}") % 97 == 1  # RF is 27 15


def with_check(digits: str) -> str:
    """The reference of ten digits."""
    return f"RF{mod_97_10.calc_check_digits(f'{digits}RF')}{digits}"


@lru_cache(maxsize=1024)
def one_slip(digits: str) -> tuple[str, ...]:
    """Every valid reference that differs in one digit, or in the order of two neighbours."""
    tries = {digits[:at] + sign + digits[at + 1 :] for at in range(len(digits)) for sign in "0123456789"}
    tries |= {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(len(digits) - 1)}
    return tuple(sorted(f"RF{each}" for each in tries if valid(each)))
