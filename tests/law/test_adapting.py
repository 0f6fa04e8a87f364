"""An organization adapts a profile: stricter binds, laxer is refused, and it is kept who decided and from what."""

from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import inspect

from app.core import clock
from app.core.appendonly import guard_sql
from app.core.database import engine, reading, transaction
from app.law.adapting import NoCounsel, NoReason, adapt, law_for, record_counsel
from app.law.departures import LaxerThanLaw, NoDeparture, UnreadableDeparture
from app.law.evaluating import evaluate
from app.law.models import CounselConfirmation, LawAdaptation
from app.law.profiles import UnknownProfile, UnknownValue, profile

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MAJORITY = "approvals.members.threshold"
FOUR_FIFTHS = {MAJORITY: {"fraction": "4/5"}}


@pytest.fixture
def law_tables(database):
    with engine().begin() as connection:
        for table in (LawAdaptation.__table__, CounselConfirmation.__table__):
            if not inspect(connection).has_table(table.name):
                table.create(connection)
                for statement in guard_sql(table.name):
                    connection.exec_driver_sql(statement)


def adapted(departures, base="uk-company-to-society", reason="Rule 43"):
    with transaction() as session, clock.at(AT):
        return adapt(session, base, departures, reason=reason, by=7)


@pytest.mark.usefixtures("law_tables")
def test_a_stricter_copy_binds_and_keeps_what_it_departs_from():
    made = adapted(FOUR_FIFTHS)
    with reading() as session:
        copy = law_for(session, made.id)
    assert copy.id.startswith("uk-company-to-society@")
    assert (copy.adaptation.decided_by, copy.adaptation.decided_at, copy.adaptation.reason) == (7, AT, "Rule 43")
    assert copy.value(MAJORITY).enforced
    assert copy.value(MAJORITY).departs_from["fraction"] == "3/4"
    tally = {"for": 79, "against": 21}
    assert evaluate("uk-company-to-society", tally).outcome
    assert not evaluate("uk-company-to-society", tally, copy).outcome
    assert "the organization's own rules" in evaluate("uk-company-to-society", tally, copy).text()


@pytest.mark.usefixtures("law_tables")
@pytest.mark.parametrize(
    "departures",
    [
        {MAJORITY: {"fraction": "2/3"}},
        {MAJORITY: {"operator": ">", "fraction": "1/2"}},
        {"approvals.members.notice_days": {"private": 13}},
        {"resolution_fields": {}},
    ],
)
def test_laxer_or_unreadable_departures_are_refused_and_nothing_is_kept(departures):
    with pytest.raises((LaxerThanLaw, UnreadableDeparture)):
        adapted(departures)
    with reading() as session:
        assert session.query(LawAdaptation).count() == 0


@pytest.mark.parametrize(
    ("base", "departures", "refusal"),
    [
        ("uk-company-to-society", {MAJORITY: {"fraction": "3/4"}}, NoDeparture),
        ("uk-company-to-society", {}, NoDeparture),
        ("uk-company-to-society", {"approvals.members.notice": 20}, UnknownValue),
        ("uk-company-to-society", {MAJORITY: {"fraction": "5/4"}}, UnreadableDeparture),
        ("uk-company-to-society", {MAJORITY: {"fraction": 1}}, UnreadableDeparture),
        ("uk-company-to-society", {MAJORITY: {"colour": "blue"}}, UnreadableDeparture),
        ("uk-company-to-society", {MAJORITY: {"denominator": "everyone"}}, UnreadableDeparture),
        ("uk-company-to-society", {"approvals.members.notice_days": {"private": "20"}}, UnreadableDeparture),
        ("uk-company-to-society", {"approvals.members.notice_days": {"private": -1}}, UnreadableDeparture),
        ("uk-company-to-society", {"approvals.members.notice_days": {"other": 20}}, UnreadableDeparture),
        ("fr-scic", {"colleges": {"each_max": "1/0"}}, UnreadableDeparture),
        ("us-de-267", FOUR_FIFTHS, UnknownProfile),
    ],
)
@pytest.mark.usefixtures("law_tables")
def test_what_is_no_departure_is_refused(base, departures, refusal):
    with pytest.raises(refusal):
        adapted(departures, base)


@pytest.mark.usefixtures("law_tables")
def test_stricter_goes_up_for_what_must_be_done_and_down_for_what_may_be_held():
    copy = adapted({"max_withdrawable_shares_gbp": {"GB": 50_000}, "min_members": 20}, "uk-society")
    assert copy.value("max_withdrawable_shares_gbp").enforced
    assert not evaluate("uk-withdrawable", {"holding": 50_001}, copy).outcome
    with pytest.raises(LaxerThanLaw):
        adapted({"max_withdrawable_shares_gbp": {"GB": 100_001}}, "uk-society")
    with pytest.raises(LaxerThanLaw):
        adapted({"min_members": 2}, "uk-society")


@pytest.mark.usefixtures("law_tables")
def test_a_broader_denominator_is_stricter_and_a_quorum_in_words_may_become_one_in_figures():
    entitled = adapted({MAJORITY: {"denominator": "entitled"}})
    assert entitled.threshold(MAJORITY).denominator == "entitled"
    assert entitled.value(MAJORITY).enforced
    quorum = {"numerator": "present", "denominator": "members", "operator": ">=", "fraction": "1/10"}
    copy = adapted({"approvals.members.quorum": quorum})
    assert copy.threshold("approvals.members.quorum").decide({"present": 10, "members": 100}).outcome
    assert not copy.value("approvals.members.quorum").enforced  # not comparable: counsel is asked


@pytest.mark.usefixtures("law_tables")
def test_counsel_makes_a_doubtful_value_bind_and_may_withdraw_it():
    key = "approvals.holders.threshold"
    tally = {"for": 1, "outstanding": 2}
    assert evaluate("us-de-266", tally).enforced is False
    with transaction() as session:
        record_counsel(session, "us-de-266", key, counsel="A. Lawyer", note="Read in the code.", by=7)
    with reading() as session:
        law = law_for(session, "us-de-266")
    assert law.value(key).confirmed_by == "A. Lawyer"
    assert evaluate("us-de-266", tally, law).enforced is True
    assert evaluate("us-de-266", tally, law).refused
    with transaction() as session:
        record_counsel(session, "us-de-266", key, counsel="A. Lawyer", note="Amended.", by=7, confirms=False)
    with reading() as session:
        assert not law_for(session, "us-de-266").value(key).enforced
    assert not profile("us-de-266").value(key).enforced


@pytest.mark.usefixtures("law_tables")
def test_decisions_on_the_law_need_a_reason_a_name_and_a_known_value():
    with pytest.raises(NoReason):
        adapted(FOUR_FIFTHS, reason="  ")
    with transaction() as session:
        with pytest.raises(NoCounsel):
            record_counsel(session, "us-de-266", "dissent", counsel=" ", note="", by=7)
        with pytest.raises(UnknownValue):
            record_counsel(session, "us-de-266", "colour", counsel="A. Lawyer", note="", by=7)
        for unknown in ("us-de-266@1", "us-de-266@x", "us-de-266@" + "9" * 30, "@1", "uk-society@1"):
            with pytest.raises(UnknownProfile):
                law_for(session, unknown)


@pytest.mark.usefixtures("law_tables")
def test_what_was_decided_cannot_be_changed_afterwards(database):
    adapted(FOUR_FIFTHS)
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in ("UPDATE law_adaptation SET reason = 'other'", "DELETE FROM law_adaptation"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                connection.execute(statement)


def test_where_the_law_becomes_stricter_later_it_prevails():
    from app.law.departures import adapted_before

    law = profile("uk-company-to-society")
    copy = adapted_before(law, {MAJORITY: {"fraction": "2/3"}}, number=1, version=0, by=7, at=AT, reason="Rule 43")
    assert copy.value(MAJORITY).ratio("fraction") == law.value(MAJORITY).ratio("fraction")
    assert "prevails" in copy.value(MAJORITY).note
