"""Audit bundles: made of a counted ballot, verified with nothing but the file, and every alteration found."""

import copy
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from app import cli
from app.ballots.amending import amend_item, withdraw_item
from app.ballots.bundle import rows
from app.ballots.bundle.format import PARTS, NotABundle, digest, read_bundle, write_bundle
from app.ballots.bundle.verifying import Verdict, compare, holds, verify_bundle
from app.ballots.casting.recording import Part, Way, cast_vote
from app.ballots.drafting import find_ballot, items_of
from app.ballots.electorate.correcting import Line, propose_correction
from app.ballots.questions import Option, Question, QuestionKind
from app.ballots.result.certifying import count_ballot, propose_certification
from app.core import clock
from app.core.database import transaction
from app.members.approvals.approving import decide
from tests import make
from tests.ballots import halls
from tests.ballots.halls import CALLED, CLOSES, FROZEN, SLUG, WHILE_OPEN

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = Path(__file__).with_name("sample_bundle.json")
BOARD = Question(QuestionKind.RANKED, tuple(map(Option, ("Ada", "Ben", "Cleo"))), seats=2, method="scottish-stv")

# What nothing else in a bundle repeats and no count depends on: only the manifest and the hash of the file cover it.
TOLD_ONCE = {
    "moves/*/at", "notice/clear_days", "notice/days_needed", "notice/meets_on", "electorate/known_at",
    "items/*/versions/*/reason", "items/*/versions/*/written_at", "items/*/withdrawn/reason", "items/*/withdrawn/at",
    "corrections/*/at", "votes/*/cast_at", "votes/*/channel", "votes/*/vote",
    "certificate/statement", "certificate/tellers/*/name", "certificate/tellers/*/person",
}  # fmt: skip
# What only the lines and votes of a full bundle contradict.
TOLD_BY_VOTES = {
    "ballot/changes_allowed", "corrections/*/added/*", "counts/*/groups/*/votes", "counts/*/groups/*/shares",
}  # fmt: skip


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli.costake, ["ballot", *arguments])


def parts_of(data: dict[str, Any]) -> dict[str, Any]:
    return {name: copy.deepcopy(data[name]) for name in PARTS}


def sample() -> dict[str, Any]:
    return parts_of(json.loads(SAMPLE.read_bytes()))


def public(parts: dict[str, Any]) -> dict[str, Any]:
    return parts | {"lines": None, "votes": None, "proxies": None}


def failing(parts: dict[str, Any]) -> list[str]:
    lines = verify_bundle(read_bundle(write_bundle(parts)))
    return [line.name for line in lines if line.verdict == Verdict.FAILS]


def told_ballot(slug: str = SLUG) -> None:
    """A certified ballot on which everything happened that a bundle tells of."""
    with transaction() as session:
        halls.members(session)
        late = make.member(session, "zoe@example.org", "Zoe")
        one, two = halls.staff(session, "teo"), halls.staff(session, "tia")
        rule = halls.quorum("1/2")
        halls.called(
            session, halls.resolution(rule), halls.resolution(), halls.resolution(question=BOARD, rule=None),
            splits_allowed=True,
        )  # fmt: skip
        ballot = find_ballot(session, SLUG)
        first, second, _ = items_of(session, ballot)
        with clock.at(CALLED):
            text = {"en": "The company becomes a co-operative in 2027."}
            amend_item(session, SLUG, first.id, halls.resolution(rule, text=text), by=None, reason="a year was missing")
            withdraw_item(session, SLUG, second.id, by=None, reason="settled otherwise")
        with clock.at(FROZEN):
            halls.freeze_electorate(session, SLUG, by=None)
            ana = halls.elector(session, "ana")
            line = Line(late.person.email or "", 40, 40)
            proposal = propose_correction(session, SLUG, struck_id=ana.id, added=line, by=one, reason="sold before")
            decide(session, proposal.id, approve=True, by=two, reason="seen")
        with clock.at(halls.OPENS):
            halls.open_ballot(session, SLUG, by=None)
        with clock.at(WHILE_OPEN):
            halls.vote(session, "maya", "against", "1>2")
            halls.vote(session, "maya", "for", "3>1")
            halls.vote(session, "wei", "abstain", "2>1")
            zoe = halls.elector(session, "zoe")
            said = {first.id: [Part("for", 30), Part("against", 10)]}
            said[items_of(session, ballot)[2].id] = [Part("none")]
            cast_vote(session, SLUG, zoe.id, said, Way(zoe.person_id, "zoe-1"))
    with transaction() as session, clock.at(CLOSES):
        halls.closed(session)
    with transaction() as session, clock.at(CLOSES):
        count_ballot(session, SLUG, by=None)
        proposal = propose_certification(session, SLUG, by=one, statement="I counted and found it right.")
        decide(session, proposal.id, approve=True, by=two, reason="I counted too.")


def test_a_bundle_is_made_after_the_count_and_holds_without_the_database(database, tmp_path) -> None:
    file, whole = tmp_path / "public.json", tmp_path / "full.json"
    told_ballot()
    with clock.at(CLOSES):
        made = run("bundle", SLUG, "-o", str(file))
        assert made.exit_code == 0, made.output
        assert run("bundle", SLUG, "-o", str(whole), "--full").exit_code == 0
    data = json.loads(file.read_bytes())
    assert {"Maya", "Wei", "Ana", "Zoe"}.isdisjoint(re.findall(r"\w+", file.read_text()))
    env = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    command = [sys.executable, "-m", "app.cli", "ballot", "verify", str(whole), "--json"]
    command += ["--roll", data["electorate"]["sha256"], "--result", data["result"]["sha256"]]
    shown = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    said = {each["name"]: each for each in json.loads(shown.stdout)["checks"]}
    assert said["result"]["detail"] == "counted again: item 1 carried, item 2 withdrawn, item 3 elects 3, 2"
    assert {name for name, each in said.items() if each["verdict"] != "holds"} == {"documents", "published notice"}
    shown = run("verify", str(file))
    assert shown.exit_code == 0, shown.output
    assert "not shown  votes: a full bundle shows every vote" in shown.stdout
    assert shown.stdout.endswith("Nothing fails.\n")


def test_before_the_count_no_bundle_tells_how_the_vote_goes(database, tmp_path) -> None:
    with halls.open_hall() as session:
        halls.vote(session, "maya", "for")
    refused = run("bundle", SLUG, "-o", str(tmp_path / "early.json"))
    assert (refused.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "is made once it is counted" in refused.stderr
    assert run("bundle", "nothing", "-o", str(tmp_path / "none.json")).exit_code == 2


@pytest.mark.parametrize("shown", [lambda parts: parts, public], ids=["full", "public"])
def test_a_bundle_of_an_earlier_version_still_holds(shown) -> None:
    assert failing(shown(sample())) == []


@pytest.mark.parametrize("shown", [lambda parts: parts, public], ids=["full", "public"])
def test_an_altered_value_is_found_though_the_manifest_was_made_anew(shown) -> None:
    parts = shown(sample())
    unseen = set()
    for path in scalars(parts):
        forged = copy.deepcopy(parts)
        place = at(forged, path[:-1])
        place[path[-1]] = another(place[path[-1]])
        if not failing(forged):
            unseen.add("/".join("*" if isinstance(step, int) else step for step in path))
    of_votes = {path for path in TOLD_ONCE if path.startswith("votes/")}
    assert unseen == (TOLD_ONCE if parts["votes"] else TOLD_ONCE - of_votes | TOLD_BY_VOTES)


def test_what_was_left_out_or_doubled_is_found_though_the_manifest_was_made_anew() -> None:
    parts = sample()
    for path in lists(parts):
        for alter in (lambda rows: rows.pop(), lambda rows: rows.append(copy.deepcopy(rows[-1]))):
            forged = copy.deepcopy(parts)
            alter(at(forged, path))
            assert failing(forged), path


@pytest.mark.parametrize("window", [1, 7, 64])
def test_a_bundle_is_read_alike_through_windows_of_any_size(window, monkeypatch) -> None:
    """Values and letters of several bytes lie across the edges of windows."""
    parts = sample()
    parts["lines"][0]["name"] = "Ünö 寿 🗳"
    whole = [line.detail for line in verify_bundle(read_bundle(write_bundle(parts)))]
    monkeypatch.setattr(rows, "WINDOW", window)
    read = read_bundle(write_bundle(parts))
    assert [line.detail for line in verify_bundle(read)] == whole
    assert list(read.data["lines"]) == parts["lines"] and len(read.data["votes"]) == len(parts["votes"])


@given(st.data())
def test_no_byte_of_the_file_can_be_another(data) -> None:
    content = bytearray(SAMPLE.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[place]))
    try:
        lines = verify_bundle(read_bundle(bytes(content)))
    except NotABundle:
        return
    assert not holds(lines)


def test_a_bundle_forged_throughout_is_told_by_the_hash_that_was_published() -> None:
    parts = public(sample())
    published = parts["result"]["sha256"]
    facts = parts["result"]["facts"]
    motion, first = facts["items"][0], parts["counts"][0]["groups"]
    gained = next(group for group in first if group["answer"] == "for")
    lost = next(group for group in first if group["answer"] == "against")
    for name in ("weight", "shares"):
        gained[name], lost[name] = lost[name], gained[name]
    counts = motion["counts"]
    for votes in (counts["all"], counts["patrons"], counts["shares"]):
        votes["for"], votes["against"] = votes["against"], votes["for"]
    whole = Fraction(counts["all"]["for"]), Fraction(counts["all"]["against"])
    motion["carried"] = False
    motion["comparisons"] = [f"for × 2 > cast_for_against × 1: {whole[0] * 2} > {sum(whole)} is false"]
    parts["result"]["sha256"] = parts["certificate"]["sha256"] = digest(facts)
    assert failing(parts) == []
    read = read_bundle(write_bundle(parts))
    assert not holds(compare(read, {"result": published}))
    assert holds(compare(read, {"result": digest(facts), "roll": parts["electorate"]["sha256"].upper()}))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"[]",
        b'{"format":"costake-bundle/2"}',
        b'{"format":"costake-bundle/1"}',
        b"[" * 100_000,
        SAMPLE.read_bytes().replace(b'"votes_cap":null', b'"votes_cap":1.5'),
    ],
    ids=["empty", "a PDF", "a list", "a later format", "parts missing", "deep", "a float"],
)
def test_what_is_no_bundle_is_refused(tmp_path, content) -> None:
    file = tmp_path / "bundle.json"
    file.write_bytes(content)
    refused = run("verify", str(file), "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["refusal"]) == (2, "NotABundle")


def scalars(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value that holds no others."""
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from scalars(inner, (*path, step))
    else:
        yield path


def lists(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every list in which something is."""
    if isinstance(value, list) and value:
        yield path
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from lists(inner, (*path, step))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def another(value: Any) -> Any:
    """Another value of the same kind, as near as can be."""
    if value is None:
        return 0
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return value[:-1] + ("2" if value.endswith("1") else "1")
