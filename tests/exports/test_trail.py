"""The audit trail as it is read: one's own lines, everything for auditors, and as a file."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from app.cli import costake
from app.core import audit, clock
from app.core.audit import Tag
from app.core.cells import plain
from app.core.database import reading, transaction
from app.core.errors import InvalidInput
from app.exports.trail.reading import Wanted, lines, lines_concerning, read_wanted
from app.exports.trail.titles import TITLES
from app.members.models import Person
from tests import make


def tags_of(found) -> list[str]:
    return [line.tag for line in found]


@pytest.fixture
def story(database) -> dict[str, Person]:
    """An offer that succeeded: Maya and Wei hold shares; an auditor has looked on."""
    with transaction() as session:
        auditor = make.staff(session, "auditor")
        pledges = make.succeeded_offer(session)
        assert pledges[0].person and pledges[1].person
        return {"maya": pledges[0].person, "wei": pledges[1].person, "auditor": auditor}


def test_everybody_reads_what_concerns_them_and_nothing_else(story):
    with reading() as session:
        mine = lines_concerning(session, story["maya"].id)
        assert tags_of(reversed(mine)) == [
            "pledge:made",
            "person:particulars-recorded",
            "pledge:confirmed",
            "receipt:recorded",
            "member:entered",
            "shares:allotted",
        ]
        theirs = lines_concerning(session, story["wei"].id)
        assert not {line.id for line in mine} & {line.id for line in theirs}


def test_a_long_trail_is_read_page_by_page_without_gaps(story):
    with reading() as session:
        everything = lines(session, Wanted())
        first = lines(session, Wanted(), most=5)
        second = lines(session, Wanted(), before=first[-1].id, most=5)
        assert [*first, *second] == list(everything[:10])


def test_an_auditor_filters_by_what_about_by_when_and_why(story):
    day = clock.today()
    with reading() as session:
        assert set(tags_of(lines(session, Wanted(tag="pledge:made")))) == {"pledge:made"}
        assert {line.subject for line in lines(session, Wanted(subject="pledge:"))} == {"pledge:1", "pledge:2"}
        assert {line.subject for line in lines(session, Wanted(subject="pledge:1"))} == {"pledge:1"}
        assert {line.actor_id for line in lines(session, Wanted(actor_id=story["wei"].id))} == {story["wei"].id}
        assert lines(session, Wanted(since=day, until=day))
        assert not lines(session, Wanted(since=day + timedelta(days=1)))
        assert not lines(session, Wanted(until=day - timedelta(days=1)))
        assert tags_of(lines(session, Wanted(text="the BOARD"))) == ["offer:opened"]
        assert not lines(session, Wanted(text="%"))


def test_filters_as_they_are_typed(story):
    with reading() as session:
        assert read_wanted(session, {"actor": " Maya@Example.org "}).actor_id == story["maya"].id
        assert read_wanted(session, {"actor": "nobody@example.org"}).actor_id == 0
        for wrong in ({"tag": "x"}, {"since": "yesterday"}, {"subject": "x" * 81}):
            with pytest.raises(InvalidInput):
                read_wanted(session, wrong)


def test_the_file_has_every_line_and_says_so_in_the_trail(story, tmp_path):
    with transaction() as session:
        audit.record(session, Tag.ROLE_GRANTED, "person:1", by=None, reason="=HYPERLINK(0)", note="-1")
    with reading() as session:
        count = len(lines(session, Wanted(), most=10_000))
    shown = CliRunner().invoke(costake, ["audit", "export"])
    assert shown.exit_code == 0, shown.output
    rows = list(csv.DictReader(StringIO(shown.output)))
    assert len(rows) == count
    assert [int(row["id"]) for row in rows] == sorted(int(row["id"]) for row in rows)
    assert rows[-1]["reason"] == "'=HYPERLINK(0)" and json.loads(rows[-1]["details"]) == {"note": "-1"}
    file = tmp_path / "audit.json"
    filters = ["--tag", "pledge:made", "--from", clock.today().isoformat(), "--actor", "maya@example.org"]
    assert (
        CliRunner().invoke(costake, ["audit", "export", "--format", "json", *filters, "-o", str(file)]).exit_code == 0
    )
    assert json.loads(file.read_text()) == {"lines": []}  # whoever fills in the form is not known yet
    with reading() as session:
        exported = lines(session, Wanted(tag="audit:exported"))
        assert [line.details["format"] for line in exported] == ["json", "csv"]
        assert exported[0].details["filtered_by"] == ["actor", "since", "tag"]
    assert CliRunner().invoke(costake, ["audit", "export", "--tag", "x"]).exit_code == 2


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "＝1", "\n=1"])
def test_formulas_are_defused(text):
    assert plain(text) == f"'{text}"


def test_what_is_no_formula_stays():
    assert [plain(value) for value in ("Maya", "", 7, -7, None, "1-2")] == ["Maya", "", 7, -7, None, "1-2"]


def test_every_act_has_a_title():
    assert set(TITLES) == set(Tag)


def browser(person: Person, monkeypatch) -> TestClient:
    """A browser in which somebody is signed in."""
    from app.core import settings
    from app.main import app
    from app.members.access import cookie_name
    from app.members.signing_in import Here, open_session

    monkeypatch.setenv("COSTAKE_SECOND_FACTOR", "off")
    settings.settings.cache_clear()
    with transaction() as session:
        cookie = open_session(session, session.get_one(Person, person.id), Here(), how="link")
    return TestClient(app, cookies={cookie_name(): cookie})


def test_members_see_their_own_page_and_auditors_all(story, monkeypatch):
    member, auditor = browser(story["maya"], monkeypatch), browser(story["auditor"], monkeypatch)
    own = member.get("/me/audit").text
    assert "Shares allotted" in own and "you" in own and "Offer opened" not in own
    assert member.get("/desk/audit").status_code == 403
    assert member.get("/desk/audit.csv").status_code == 403
    whole = auditor.get("/desk/audit").text
    assert "Offer opened" in whole and "approved by the board" in whole
    narrowed = auditor.get("/desk/audit?tag=offer:opened").text
    assert narrowed.count('<th scope="row">') == 1
    assert 'href="/desk/audit.csv?tag=offer%3Aopened"' in narrowed
    assert auditor.get("/desk/audit?tag=nonsense").status_code == 422
    file = auditor.get("/desk/audit.csv?tag=offer:opened")
    assert [row["subject"] for row in csv.DictReader(StringIO(file.text))] == ["offer:1"]
    assert auditor.get("/desk/audit.json?since=2199-01-01").json() == {"lines": []}
    assert auditor.get("/desk/audit.xml").status_code in (404, 422)
    assert "Audit trail exported" in auditor.get("/desk/audit").text


def test_the_trail_speaks_french(story, monkeypatch):
    member = browser(story["maya"], monkeypatch)
    assert "Actions attribuées" in member.get("/me/audit?lang=fr").text
