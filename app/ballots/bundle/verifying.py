"""Verifying an audit bundle: every check by name with its finding, offline and without a database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from app.ballots.bundle.format import FORMAT, SECRET_FORMAT, Bundle
from app.ballots.bundle.judging import Data, NotShown, Wrong, need
from app.ballots.bundle.outcomes import check_certificate, check_documents, check_hash, check_result
from app.ballots.bundle.represented import check_proxies
from app.ballots.bundle.rolls import check_corrections, check_lines, check_roll
from app.ballots.bundle.secrets import check_opened, check_paper_groups, check_sealed, check_took_part
from app.ballots.bundle.terms import check_items, check_notice, check_order, check_terms
from app.ballots.bundle.votes import check_counts, check_groups, check_votes
from app.core.errors import Refusal

UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError, Refusal)
"""What a bundle makes happen that does not say what it should."""


class Verdict(StrEnum):
    """What became of a check."""

    HOLDS = "holds"
    FAILS = "FAILS"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True, slots=True)
class Line:
    """A check: its name, its verdict, and what was found."""

    name: str
    verdict: Verdict
    detail: str


Checks = tuple[tuple[str, Callable[[Data], str]], ...]
CHECKS: Checks = (
    ("notice", check_notice),
    ("items", check_items),
    ("terms", check_terms),
    ("order", check_order),
    ("roll", check_roll),
    ("corrections", check_corrections),
    ("lines", check_lines),
    ("votes", check_votes),
    ("groups from votes", check_counts),
    ("groups", check_groups),
    ("result", check_result),
    ("result's hash", check_hash),
    ("certificate", check_certificate),
    ("documents", check_documents),
    ("proxies", check_proxies),
)

_OF_SECRET: Checks = (
    ("took part", check_took_part),
    ("sealed papers", check_sealed),
    ("opened papers", check_opened),
    ("groups from papers", check_paper_groups),
)
SECRET_CHECKS: Checks = (*CHECKS[:7], *_OF_SECRET, *CHECKS[9:])
assert [name for name, _ in CHECKS[7:9]] == ["votes", "groups from votes"], "these are of recorded votes"

_PUBLISHED = {"roll": ("electorate", "sha256"), "notice": ("notice", "texts_sha256"), "result": ("result", "sha256")}
CHECKS_OF = {FORMAT: CHECKS, SECRET_FORMAT: SECRET_CHECKS}


def verify_bundle(bundle: Bundle) -> list[Line]:
    """Every check of a bundle, each by itself, so that one that fails hides none of the others."""
    return [
        _line("spelling", lambda data: _check_spelling(bundle), bundle.data),
        _line("parts", lambda data: _check_parts(bundle), bundle.data),
        *(_line(name, check, bundle.data) for name, check in CHECKS_OF[bundle.data["format"]]),
    ]


def compare(bundle: Bundle, published: Mapping[str, str | None]) -> list[Line]:
    """Compare the hashes of `roll`, `notice` and `result` with those that were published; None was not given."""
    return [
        _line(f"published {name}", partial(_compare, name, hash_), bundle.data) for name, hash_ in published.items()
    ]


def holds(lines: list[Line]) -> bool:
    """Whether nothing that the bundle shows is wrong."""
    return all(line.verdict != Verdict.FAILS for line in lines)


def _line(name: str, check: Callable[[Data], str], data: Data) -> Line:
    try:
        return Line(name, Verdict.HOLDS, check(data))
    except NotShown as missing:
        return Line(name, Verdict.NOT_SHOWN, str(missing))
    except Wrong as wrong:
        return Line(name, Verdict.FAILS, str(wrong))
    except UNREADABLE as error:
        return Line(name, Verdict.FAILS, f"this part cannot be read: {type(error).__name__} {error}"[:300])


def _check_spelling(bundle: Bundle) -> str:
    need(bundle.spelled, "the file is not in the one spelling that is hashed")
    return "full, with names" if bundle.full else "public, without names"


def _check_parts(bundle: Bundle) -> str:
    manifest = bundle.data["manifest"]
    need(set(manifest) == set(bundle.parts), "the manifest does not name the parts")
    wrong = [name for name in bundle.parts if bundle.digests[name] != manifest[name]]
    need(not wrong, f"altered since the bundle was made: {', '.join(wrong)}")
    return f"{len(bundle.parts)} parts have the hashes of the manifest"


def _compare(name: str, published: str | None, data: Data) -> str:
    part, value = _PUBLISHED[name]
    kept = data[part][value]
    if published is None:
        raise NotShown(f"compare {kept} with the hash that was published, or give that as --{name}")
    need(published.strip().lower() == kept, f"published was {published}, but the bundle has {kept}")
    return "is the one that was published"
