"""Letters that banks take: names and texts in the small alphabets of payment files."""

import re
import unicodedata

_OTHERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l",
        "Ł": "L", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ı": "i", "ħ": "h", "Ħ": "H", "’": "'", "‘": "'",
        "–": "-", "—": "-", "‐": "-", "&": "+",
    }
)  # fmt: skip
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_NOT_ACH = re.compile(r"[^A-Za-z0-9/\-?:().,'+ &]")


def sepa_text(text: str, most: int) -> str:
    """Text in the basic Latin set of the SEPA guidelines (EPC217-08), at most so long, never empty.

    Letters lose their accents; what has no counterpart becomes a point, as the guidelines propose.
    """
    plain = _NOT_SEPA.sub(".", _without_accents(text))
    plain = re.sub(r" +", " ", plain).strip().lstrip("/")[:most].strip()
    return plain.rstrip("/") or "."


def ach_text(text: str, most: int) -> str:
    """Text in printable ASCII, cut or filled with spaces to exactly so many characters."""
    return _NOT_ACH.sub(".", _without_accents(text))[:most].ljust(most)


def _without_accents(text: str) -> str:
    parted = unicodedata.normalize("NFKD", text.translate(_OTHERS))
    return "".join(char for char in parted if not unicodedata.combining(char))
