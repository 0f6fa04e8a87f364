"""Cells of files for spreadsheets: text that a spreadsheet would run as a formula is defused."""

import unicodedata


def plain(value: object) -> object:
    """A value for a CSV cell: text that begins like a formula gets an apostrophe in front, everything else stays."""
    if isinstance(value, str):
        first = unicodedata.normalize("NFKC", value.lstrip())[:1]
        if first in ("=", "+", "-", "@") or value[:1] in ("\t", "\r", "\n"):
            return f"'{value}"
    return value
