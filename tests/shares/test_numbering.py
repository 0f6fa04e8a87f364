"""Distinguishing numbers: given once in order, they follow the shares, end with the lot and come back by a reversal."""

import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core.database import reading, transaction
from app.documents.filing import certificate_facts, file_certificate
from app.exports.opencaptable.packing import write_package
from app.exports.registers.asking import Wanted
from app.exports.registers.profiles import profile
from app.exports.registers.writing.files import write_register
from app.ledger.journal import Leg
from app.shares.allotting import allot
from app.shares.granting import grant
from app.shares.holding import lots_of
from app.shares.moving import Act, Given, Part, record_act, reverse_act
from app.shares.numbering import (
    NumberedAlready,
    begin_numbering,
    count,
    joined,
    lowest,
    numbers_of,
    read_ranges,
    spelled,
)
from tests import make
from tests.shares.test_moving import pass_on

RANGES = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=5).map(
    lambda steps: [(100 * place + gap, 100 * place + gap + many) for place, (gap, many) in enumerate(steps)]
)


@given(RANGES, st.integers(0, 60))
@settings(max_examples=25)
def test_the_lowest_numbers_are_taken_and_none_is_lost(ranges, shares):
    taken, left = lowest(ranges, shares)
    assert count(taken) == min(shares, count(ranges))
    assert joined(taken + left) == ranges
    assert read_ranges(spelled(ranges)) == ranges
    assert not taken or not left or taken[-1][1] < left[0][0]


def test_ranges_are_spelled_as_registers_write_them():
    assert spelled([(300, 310), (51, 100), (1, 50), (201, 201)]) == "1–100, 201, 300–310"


def numbers(session, *members):
    """The numbers of each member's lots."""
    lots = {each.id: lots_of(session, [each.id]) for each in members}
    found = numbers_of(session, [lot.id for each in lots.values() for lot in each])
    return [[found[lot.id] for lot in lots[each.id]] for each in members]


def test_numbers_follow_the_shares(database):
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Zhang")
        lot, other = make.lot(session, maya, 10), make.lot(session, wei, 4)
        pass_on(session, lot, 2, wei, source="stands")
        earlier = pass_on(session, other, 1, maya, source="earlier")
        one, two = make.staff(session), make.staff(session, "treasurer")
        found, two_people = lot.share_class, {"by": one.id, "proposed_by": two.id}
        assert numbers_of(session, [lot.id]) == {}
        begin_numbering(session, found, **two_people, reason="the articles")
        with pytest.raises(NumberedAlready):
            begin_numbering(session, found, **two_people, reason="again")
        assert numbers(session, maya, wei) == [["3–10", "11"], ["1–2", "12–14"]]  # in the order of certificates
        reverse_act(session, earlier.id, on=clock.today(), by=None, reason="from before the numbers")
        assert numbers(session, maya, wei) == [["3–10"], ["1–2", "11–14"]]
        allot(session, make.allotment(session, maya, 5), by=None)
        price = make.PRICE
        retained = Given(wei, found, 1, price, price * 0, "retained patronage")
        grant(session, [Act("patronage shares", "test:g", clock.today(), "", gives=[retained])], **two_people)
        assert numbers(session, maya, wei) == [["3–10", "15–19"], ["1–2", "11–14", "20"]]

        # the lowest pass, the rest stays; what is redeemed is held by nobody and never given again
        passed = pass_on(session, lots_of(session, [maya.id])[0], 3, wei, source="passed")
        assert numbers(session, maya, wei) == [["15–19", "6–10"], ["1–2", "11–14", "20", "3–5"]]
        part = Part(lots_of(session, [maya.id])[0].id, 2)
        back = [Leg("capital_reserve", "A", price.currency, -2 * price.minor)]
        redeemed = record_act(session, Act("cancellation", "test:r", clock.today(), "", [part], money=back), by=None)
        make.lot(session, wei, 1)
        assert numbers(session, maya, wei) == [["6–10", "17–19"], ["1–2", "11–14", "20", "3–5", "21"]]
        for act in (redeemed, passed):
            reverse_act(session, act.id, on=clock.today(), by=None, reason="in error")
        assert numbers(session, maya, wei) == [["15–19", "3–10"], ["1–2", "11–14", "20", "21"]]
        certificate = lots_of(session, [maya.id])[0]
        file_certificate(session, certificate.id)
        assert certificate_facts(session, certificate)["share_numbers"] == "15–19"
    with reading() as session:
        register, package = io.BytesIO(), io.BytesIO()
        write_register(session, Wanted("members", clock.today(), profile=profile("uk")), "json", register)
        told = [line["share_numbers"] for line in json.loads(register.getvalue())["lines"]]
        assert told == ["3–10, 15–19", "1–2, 11–14, 20–21"]
        write_package(session, clock.today(), None, package)
    with zipfile.ZipFile(package) as read:
        told = [json.loads(read.read(name))["items"] for name in read.namelist() if "ransactions" in name]
    issued = [item.get("share_numbers_issued") for items in told for item in items if "ISSUANCE" in item["object_type"]]
    assert [{"starting_share_number": "15", "ending_share_number": "19"}] in issued
