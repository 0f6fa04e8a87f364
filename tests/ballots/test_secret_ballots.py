"""Secret ballots: from two tellers' keys to the published list, and nothing that leads from a voter to a vote."""

import copy
import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from app.ballots.drafting import find_ballot
from app.ballots.models import BallotState
from app.ballots.opening import keep_time
from app.ballots.records import records_of
from app.ballots.result.certifying import certificate_of, count_ballot, propose_certification
from app.ballots.secret.casting import NoSuchTracker, TrackerNeeded
from app.ballots.secret.keys import UsedAlready, WrongCode, use_key
from app.ballots.secret.publishing import published_papers
from app.ballots.secret.sealing import new_code
from app.ballots.secret.store import StillSealed
from app.core import clock
from app.core.database import reading, transaction
from app.members.approvals.approving import decide
from app.worker import run_until_idle
from tests.ballots import booths, halls
from tests.ballots.halls import CLOSES, SLUG
from tests.ballots.test_bundle import BOARD, ROOT, at, failing, run


def test_a_secret_ballot_goes_from_two_keys_to_a_certified_result(database, tmp_path) -> None:
    board = halls.resolution(question=BOARD, rule=None)
    with booths.open_booth(halls.resolution(), board) as (session, booth):
        maya = booths.vote(session, "maya", "for", "1>2", own="Heron")
        booths.vote(session, "wei", "for", "2>1")
        ana = booths.vote(session, "ana", "for", "3")
        with pytest.raises(TrackerNeeded):
            booths.vote(session, "ana", "against", "3")
        with pytest.raises(NoSuchTracker):
            booths.vote(session, "ana", "against", "3", tracker="word-00")
        assert booths.vote(session, "ana", "against", "3>1", tracker=f" {ana.upper()} ") == ana
        assert maya.startswith("heron-")
    with transaction() as session, clock.at(CLOSES):
        keep_time(session)
        with pytest.raises(StillSealed):
            count_ballot(session, SLUG, by=None)
        with pytest.raises(WrongCode):
            use_key(session, SLUG, new_code(), by=booth.first.id)
        assert use_key(session, SLUG, booth.codes[0].lower().replace("-", " "), by=booth.first.id) is False
        with pytest.raises(UsedAlready):
            use_key(session, SLUG, booth.codes[0], by=booth.first.id)
        with pytest.raises(StillSealed):
            count_ballot(session, SLUG, by=None)
    with transaction() as session, clock.at(CLOSES):
        assert use_key(session, SLUG, booth.codes[1], by=booth.second.id) is True
    assert run_until_idle() == []
    with transaction() as session, clock.at(CLOSES):
        result = count_ballot(session, SLUG, by=None)
        conversion, board = result.facts["items"]
        assert conversion["counts"]["all"] == {"for": 2, "against": 1, "abstain": 0}
        assert result.facts["turnout"] == {"electors": 3, "weight": 3, "shares": 30}
        assert len(board["count"]["elected"]) == 2
        listed = list(published_papers(session, find_ballot(session, SLUG)))
        assert [paper.tracker for paper in listed] == sorted(paper.tracker for paper in listed)
        assert {paper.tracker: [said for _, said in paper.answers] for paper in listed}[ana] == ["against", "3>1"]
        proposal = propose_certification(session, SLUG, by=booth.first, statement="I counted and found it right.")
        decide(session, proposal.id, approve=True, by=booth.second, reason="I counted too.")
        ballot = find_ballot(session, SLUG)
        assert (ballot.state, certificate_of(session, ballot) is not None) == (BallotState.CERTIFIED, True)
    with clock.at(CLOSES):
        assert run_until_idle() == []
    with reading() as session:
        filed = {each.kind for each in records_of(session, find_ballot(session, SLUG), staff=True)}
    assert "result-certificate" in filed
    verify_offline(tmp_path, {"maya": maya, "ana": ana})


def verify_offline(place: Path, trackers: dict[str, str]) -> None:
    """Both bundles hold with nothing but the file, name what they may, and every forgery of a paper is found."""
    for name, arguments in (("public", []), ("full", ["--full"])):
        with clock.at(CLOSES):
            assert run("bundle", SLUG, "-o", str(place / name), *arguments).exit_code == 0
        env = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
        command = [sys.executable, "-m", "app.cli", "ballot", "verify", str(place / name), "--json"]
        shown = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
        assert shown.returncode == 0, shown.stdout + shown.stderr
        said = {each["name"]: each["verdict"] for each in json.loads(shown.stdout)["checks"]}
        assert {said[check] for check in ("sealed papers", "opened papers", "groups from papers", "result")} == {
            "holds"
        }
        assert said["took part"] == ("holds" if arguments else "not shown")
    full = json.loads((place / "full").read_bytes())
    words = set(re.findall(r"\w+", (place / "public").read_text()))  # three letters may stand inside a sealed paper
    assert {"Maya", "Wei", "Ana"}.isdisjoint(words)
    assert all(tracker in (place / "public").read_text() for tracker in trackers.values())
    assert full["votes"] is None and len(full["secret"]["took_part"]) == 3
    for check, path, alter in (
        ("opened papers", ("secret", "papers", 0, "tracker"), lambda said: f"{said}0"),
        ("opened papers", ("secret", "papers"), lambda said: said[1:]),
        ("sealed papers", ("secret", "sealed"), lambda said: said[1:]),
        ("sealed papers", ("secret", "sealed", 0), lambda said: b64encode(bytes(200)).decode()),
        ("sealed papers", ("secret", "urns", "papers"), lambda said: said + 1),
        ("opened papers", ("secret", "private_key"), lambda said: "01" * 32),
        ("groups from papers", ("counts", 0, "groups", 0, "votes"), lambda said: said + 1),
        ("took part", ("secret", "took_part"), lambda said: said[1:]),
    ):
        forged = {name: copy.deepcopy(part) for name, part in full.items() if name not in ("format", "manifest")}
        held = at(forged, path[:-1])
        held[path[-1]] = alter(held[path[-1]])
        assert check in failing(forged), path
