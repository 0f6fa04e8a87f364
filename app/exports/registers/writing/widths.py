"""Widths of the columns of a register on paper, pure: by their headings and values, so that no word is broken."""

from collections.abc import Sequence
from typing import Any

SHEET = 185  # signs of the register's type that stand beside each other on a sheet
GAP = 2  # signs between two columns
TYPE, TYPE_MIN = 65, 48  # tenths of a point
_WORD, _TEXT = 16, 44  # signs of the longest word that is kept whole, and of the longest text in one line
HEADING = 1.35  # a heading's bold signs are wider


def widths(titles: Sequence[str], lines: Sequence[Sequence[Any]]) -> tuple[list[int], int]:
    """The width of each column in thousandths of the sheet, and the size of the type in tenths of a point.

    Each column has room for its longest word, and a part of what is left by its need; many columns take smaller type.
    """
    needs, wants = [], []
    for place, title in enumerate(titles):
        values = [str(line[place]) for line in lines]
        words = [len(word) for value in values for word in value.split()]
        heading = HEADING * max((len(word) for word in title.split()), default=1)
        need = max(heading, min(max(words, default=1), _WORD)) + GAP
        needs.append(need)
        wants.append(max(0.0, min(max(map(len, values), default=1), _TEXT) + GAP - need))
    spare, wanted = SHEET - sum(needs), sum(wants)
    if spare > 0 and wanted:
        part = min(spare / wanted, 1)
        needs = [need + want * part for need, want in zip(needs, wants, strict=True)]
    whole = max(sum(needs), SHEET)
    return [max(int(1000 * need / whole), 1) for need in needs], max(int(TYPE * SHEET / whole), TYPE_MIN)
