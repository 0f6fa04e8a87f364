"""Which operation of the API does what an act of the pages does, or why none: read from `page_acts.txt`.

Under the heading of each subject a line there is `/address | operation, operation` or `/address | - reason`.
`python -m tests.api.covering` writes the README's table anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ACTS = Path(__file__).with_name("page_acts.txt")
README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN, END = "<!-- acts of the pages: written by `python -m tests.api.covering` -->", "<!-- end of acts -->"
NEVER = {
    "browser": "signing in and its keys, which a browser has and a token neither makes nor keeps",
    "card": "what goes between a browser, the card processor and us",
    "paper": "paper that tellers read at a table, two of them apart",
    "person": "what a person signs, gives up or opens after having read it",
    "secret": "secret votes and their keys, which never leave their own pages",
}
"""What no program is to do, by the word that `page_acts.txt` has for it."""
YET = "page"
"""The word for what the pages do and the API does not do yet."""


@dataclass(frozen=True)
class Act:
    """An act of the pages: its subject, its address, and the operations that do it or the reason why none does."""

    subject: str
    path: str
    done_by: tuple[str, ...]
    reason: str | None


def acts() -> Iterator[Act]:
    """Every line of `page_acts.txt`."""
    subject = ""
    for line in filter(None, ACTS.read_text().splitlines()):
        if line.startswith("# "):
            subject = line.removeprefix("# ")
            continue
        path, what = line.split(" | ")
        reason = what.removeprefix("- ") if what.startswith("- ") else None
        yield Act(subject, path, () if reason else tuple(what.split(", ")), reason)


def table() -> str:
    """How many acts of each subject programs can do, as the README has it."""
    found = list(acts())
    rows = [
        "| | acts of the pages | by operations | never by programs | so far on pages only |",
        "|---|---|---|---|---|",
    ]
    for subject in dict.fromkeys(each.subject for each in found):
        own = [each for each in found if each.subject == subject]
        done, yet = sum(1 for each in own if each.done_by), sum(1 for each in own if each.reason == YET)
        rows.append(f"| {subject} | {len(own)} | {done} | {len(own) - done - yet} | {yet} |")
    return "\n".join([*rows, "", f"Never by programs: {'; '.join(NEVER.values())}."]) + "\n"


def with_table(text: str) -> str:
    """The README with its table as it is now."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin and end, f"the text needs {BEGIN} and {END}"
    return f"{before}{begin}\n{table()}{end}{after}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text()))
