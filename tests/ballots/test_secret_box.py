"""Secret ballots on paper: envelopes noted by two, sheets read by two without a name, and all put in at once."""

import re

import pytest
from sqlalchemy import text

from app.ballots.bundle.format import read_bundle
from app.ballots.bundle.verifying import holds, verify_bundle
from app.ballots.bundle.writing import bundle_of
from app.ballots.casting.models import Channel
from app.ballots.casting.recording import Part
from app.ballots.drafting import find_ballot, items_of
from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.opening import open_ballot
from app.ballots.result.certifying import count_ballot
from app.ballots.secret.box.models import BoxReading
from app.ballots.secret.box.noting import TookPartBefore, note_envelope
from app.ballots.secret.box.reading import (
    GroupMissing,
    NoSuchSheet,
    SheetsDiffer,
    SheetsUnread,
    TooFewSheets,
    put_in_box,
    read_sheet,
)
from app.ballots.secret.casting import OnPaper
from app.ballots.secret.judging import EVERYBODY
from app.ballots.secret.keys import make_key, use_key
from app.ballots.secret.models import OpenedPaper
from app.core import clock
from app.core.database import Base, transaction
from app.core.errors import InvalidInput, NotFound
from app.worker import run_until_idle
from tests import make
from tests.ballots import booths, halls
from tests.ballots.halls import CLOSES, SLUG, WHILE_OPEN
from tests.ballots.test_ballot_pages import DAY, HOURS, NOW, send
from tests.exports.test_trail import browser
from tests.ledger.test_falsified import found
from tests.races import overlapping

HELD = "The urns of secret ballots hold a paper for everybody who took part"
ON_PAPER = ("maya", "wei", "ana", "zoe", "tom")


def note(session, name: str, by: int) -> bool:
    return note_envelope(session, SLUG, halls.elector(session, name).id, channel=Channel.POSTAL, by=by)


def read(session, number: int, answer: str, by: int, group: str = EVERYBODY) -> None:
    item = items_of(session, find_ballot(session, SLUG))[0].id
    read_sheet(session, SLUG, number, group, {item: [Part(answer)]}, by=by)


def test_no_column_of_the_box_leads_from_a_sheet_to_an_elector() -> None:
    tables = Base.metadata.tables
    of_sheets, of_envelopes = tables["box_reading"], tables["ballot_envelope"]
    assert {key.column.table.name for column in of_sheets.columns for key in column.foreign_keys} == {
        "ballot",
        "person",
    }
    assert {column.name for column in of_sheets.columns} == {"ballot_id", "teller_id", "content"}, "no time, no order"
    assert set(of_sheets.columns.keys()) & set(of_envelopes.columns.keys()) == {"ballot_id"}
    assert "elector_id" not in tables["box_put_in"].columns


def test_two_tellers_note_envelopes_and_read_the_mixed_sheets(database) -> None:
    with booths.open_booth() as (session, booth):
        first, second = booth.first.id, booth.second.id
        for name in ON_PAPER[:4]:
            assert not note(session, name, first) and not note(session, name, first)
            assert note(session, name, second)
        with pytest.raises(OnPaper, match="The paper ballot of Maya has come in"):
            booths.vote(session, "maya", "against")
        tracker = booths.vote(session, "kim", "against")
        with pytest.raises(TookPartBefore):
            note(session, "kim", first)
        for wrong, number, group in ((NoSuchSheet, 5, EVERYBODY), (GroupMissing, 1, "patron")):
            with pytest.raises(wrong):
                read(session, number, "for", first, group)
        with pytest.raises(InvalidInput):
            read(session, 1, "perhaps", first)
        for number in range(1, 5):
            read(session, number, "for", first)
        with pytest.raises(SheetsUnread):
            put_in_box(session, SLUG, by=first)
        for number in range(1, 5):
            read(session, number, "for", second)
        with pytest.raises(TooFewSheets, match="there are 4 sheets of all electors"):
            put_in_box(session, SLUG, by=second)
        note(session, "tom", first), note(session, "tom", second)
        read(session, 5, "against", first), read(session, 5, "abstain", second)
        with pytest.raises(SheetsDiffer, match="otherwise: 5"):
            put_in_box(session, SLUG, by=second)
        read(session, 5, "against", second)
        whole = " ".join(str(row) for row in session.execute(text("SELECT * FROM box_reading")))
        assert "against" not in whole and "for" not in whole, "what is read so far is no interim result to a thief"
        assert session.scalar(text("SELECT count(*) FROM participation")) == 1, "nobody of them has taken part yet"
        row = put_in_box(session, SLUG, by=second)
        assert (row.sheets, row.first_teller, row.second_teller) == (5, first, second)
        assert session.query(BoxReading).count() == 0
    assert not found("box_put_in", "SELECT 1", HELD)
    assert found("box_put_in", "UPDATE box_put_in SET sheets = 4", HELD)
    with transaction() as session, clock.at(CLOSES):
        halls.closed(session)
        for teller, code in zip((first, second), booth.codes, strict=True):
            use_key(session, SLUG, code, by=teller)
    run_until_idle()
    with transaction() as session, clock.at(CLOSES):
        facts = count_ballot(session, SLUG, by=None).facts
        assert facts["items"][0]["counts"]["all"] == {"for": 4, "against": 2, "abstain": 0}
        trackers = {each.tracker for each in session.query(OpenedPaper)}
        assert tracker in trackers and sum(each.startswith("paper-") for each in trackers) == 5
        assert holds(verify_bundle(read_bundle(bundle_of(session, find_ballot(session, SLUG), full=True))))


def test_an_envelope_and_a_vote_online_at_once_give_one_vote(database) -> None:
    with booths.open_booth() as (session, booth):
        first, second = booth.first.id, booth.second.id
        note(session, "maya", first)
    with clock.at(WHILE_OPEN):
        voted, noted = overlapping(
            lambda session: booths.vote(session, "maya", "for"), lambda session: note(session, "maya", second)
        )
    assert voted.startswith("word-") and isinstance(noted, TookPartBefore)
    with transaction() as session, clock.at(WHILE_OPEN):
        halls.opened(session, slug="plain")
        with pytest.raises(NotFound):
            note_envelope(session, "plain", 1, channel=Channel.PAPER, by=first)


def test_the_box_on_pages(database, monkeypatch) -> None:
    monkeypatch.setattr("app.ballots.secret.box.reading.GROUP_LEAST", 1)
    with transaction() as session:
        with clock.at(NOW - 40 * DAY):
            for name in booths.NAMES:
                make.lot(session, make.member(session, f"{name}@example.org", name.title()), 10)
        tellers = [halls.staff(session, name) for name in ("teo", "tia")]
        with clock.at(NOW - 30 * DAY):
            halls.draft_ballot(session, SLUG, halls.plan(**(HOURS | booths.SECRET)), by=None)
            halls.add_item(session, SLUG, halls.resolution(), by=None)
            halls.call_ballot(session, SLUG, by=None)
            for teller in tellers:
                make_key(session, SLUG, by=teller.id)
        with clock.at(NOW - 2 * DAY):
            freeze_electorate(session, SLUG, by=None)
        open_ballot(session, SLUG, by=None)
        number = halls.elector(session, "maya").number
        item = f"item-{items_of(session, find_ballot(session, SLUG))[0].id}"
    path = f"/desk/ballots/{SLUG}/box"
    desks = [browser(teller, monkeypatch) for teller in tellers]
    for desk, said in zip(desks, ("Another teller notes it too", "Two tellers have noted"), strict=True):
        assert said in send(desk, f"{path}?number={number}", f"{path}/envelopes", channel="by post").text
    for desk in desks:
        assert "The sheet is kept" in send(desk, path, f"{path}/sheets", sheet="1", **{item: "for"}).text
    assert "The box is in the urns" in send(desks[0], path, path).text
    assert re.search(r"Boxes that were put in.*>1<", desks[0].get(path).text, re.S)
