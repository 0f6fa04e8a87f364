"""Conversions from the first step to the last on real dates: they pass, fail by one vote, come late, are contested."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.calling import call_ballot
from app.ballots.drafting import add_item, draft_ballot, find_ballot
from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.opening import keep_time
from app.ballots.result.certifying import raise_objection
from app.ballots.result.following import call_again
from app.ballots.rules import CallRule, Need, Rule
from app.conversion.dissent import offering
from app.conversion.dissent.accepting import (
    AcceptedAlready,
    BeyondHeld,
    NoObjection,
    OfferOver,
    accept,
    settle,
)
from app.conversion.exchange.executing import execute_due
from app.conversion.exchange.models import ExchangeHalt
from app.conversion.exchange.reckoning import start_reckoning
from app.conversion.exchange.terms import Terms
from app.conversion.plan.checks import CollegeOutside
from app.conversion.plan.gating import TooEarly, TooLate, Waits
from app.conversion.plan.meeting import (
    NotCarried,
    NotCertified,
    Offered,
    contest,
    evidence_of,
    locked_step,
    plan_day,
    standings,
)
from app.conversion.plan.models import ConversionContest, ConversionEvidence
from app.conversion.plan.reminding import LETTER, remind
from app.conversion.plan.starting import NameBarred, find_conversion
from app.conversion.plan.telling import calendar, told
from app.core import clock
from app.core.audit import seal_trail
from app.core.database import transaction
from app.core.money import Money
from app.core.rowseals import seal_rows_of_all
from app.documents.balloting.filing import file_ballot_records
from app.documents.bulk.models import DocumentIssueSeal
from app.documents.checking import FactsMissing
from app.documents.converting.filing import NoVote
from app.documents.converting.members import KIND, NotExchanged, start_statements
from app.documents.models import Document
from app.law.plans.steps import Evidence
from app.law.thresholds import Threshold
from app.ledger.journal import balance
from app.ledger.sealing import seal_entries
from app.members.approvals.approving import decide
from app.members.models import Membership, Person
from app.payments.payouts.models import Payout
from app.payments.payouts.owing import pay_out
from app.shares.acts.defining import Terms as ShareTerms
from app.shares.acts.defining import write_terms
from app.shares.acts.exchanging import Fractions, Ratio
from app.shares.acts.judging import class_coded
from app.shares.models import RedemptionRight, Transferable, VotesRule
from app.worker import run_until_idle
from tests import make
from tests.ballots import halls
from tests.ballots.halls import CALLED, CLOSES, SLUG, START
from tests.conversion.journey import (
    MEETS,
    answered,
    begin,
    by_ballot,
    by_day,
    caps,
    certified,
    executed,
    file,
    offered,
    organizer,
    packed,
    papers,
    pledged,
    say,
    vote,
    without_letters,
)
from tests.conversion.making import approve, two
from tests.exports.test_commands import run

OUTSTANDING = Rule(CallRule((Need(Threshold("for", "outstanding_entitled", ">", Fraction(1, 2))),)))
TWO_THIRDS = Rule(CallRule((Need(Threshold("for", "cast_for_against", ">=", Fraction(2, 3))),)))
THREE_QUARTERS = Rule(CallRule((Need(Threshold("for", "cast_for_against", ">=", Fraction(3, 4))),)))
LATER = timedelta(days=60)
UNFILED = ("[missing] Certificate of result", "[missing] Minutes", "[missing] Certified resolution")


def test_a_delaware_corporation_becomes_an_association_and_its_shares_are_exchanged_only_then(database):
    pledged({"maya": 101, "wei": 99})
    vote(OUTSTANDING, {"maya": "for", "wei": "against"})
    effective = date(2027, 3, 1)
    with clock.at(START), transaction() as session:
        with pytest.raises(NameBarred):
            begin(session, "us-de-266", "Flutter Inc.")
        begin(session, "us-de-266", "Flutter Limited Cooperative Association")
        plan_day(session, "become", "vote", MEETS, by=organizer(session).id, reason="the board called it")
        with pytest.raises(Waits):
            file(session, "board", on=START.date())
        say(session, "charter", on=START.date())
        file(session, "rules", on=START.date())
    with clock.at(START):
        with pytest.raises(FactsMissing, match="special_rights"):
            papers("conversion-plan")
        with transaction() as session:
            answered(session)
        papers("conversion-plan")
    with clock.at(START), transaction() as session:
        plan = session.scalars(select(ConversionEvidence).where(ConversionEvidence.kind == "DOCUMENT")).one()
        filed = session.scalars(select(Document).where(Document.kind == "conversion-plan")).one()
        assert (plan.document, plan.sha256) == (filed.verify_code, filed.pdf_sha256)
        assert "ARTICLES OF ORGANIZATION AND BYLAWS OF Flutter Limited" in filed.facts["rules"]
        file(session, "board", on=START.date())
        feed = calendar(session, find_conversion(session, "become"), "en")
        assert "DTSTART;VALUE=DATE:20270130" in feed and feed.endswith("END:VCALENDAR\r\n")  # the last day of notice
    exchange_id = caps(effective, START.date())
    with clock.at(START), transaction() as session:
        approve(session, exchange_id)
    for day in (20, 21, 28):
        with clock.at(datetime(2027, 1, day, 15, tzinfo=UTC)), transaction() as session:
            remind(session)  # the notice is due on 30 January: written on the 20th, and again on the 28th
            assert make.letters(session, "secretary@example.org").count(LETTER) == (2 if day == 28 else 1)
    with clock.at(datetime(2027, 1, 31, 15, tzinfo=UTC)), transaction() as session:
        with pytest.raises(TooLate, match="2027-01-30"):
            file(session, "notice", on=date(2027, 1, 31))
        offered(session, "notice", Offered(Evidence.CALLED, date(2027, 1, 31), ballot=SLUG))
        assert standings(session, find_conversion(session, "become"))["notice"].met_on == CALLED.date()  # as it says
    with clock.at(CLOSES + timedelta(hours=8)):
        with pytest.raises(NoVote):
            papers("conversion-resolution")
        with transaction() as session:
            by_ballot(session)
            say(session, "consents", on=MEETS)
        papers("conversion-resolution", "conversion-statement")
        with transaction() as session:
            file(session, "filing", on=MEETS)
    with clock.at(datetime(2027, 3, 1, 15, tzinfo=UTC)):  # its day has come, but the registrar's certificate has not
        with transaction() as session:
            without_letters(session)
            execute_due(session)
        run_until_idle()
        with transaction() as session:
            assert "Registrar's certificate" in session.scalars(select(ExchangeHalt.reason)).one()
            file(session, "certificate", on=effective)
            with pytest.raises(NotExchanged):
                start_statements(session, find_conversion(session, "become"), by=organizer(session).id)
            start_reckoning(session, exchange_id)
        run_until_idle()
    executed(exchange_id, effective)
    with clock.at(datetime(2027, 3, 2, 15, tzinfo=UTC)):
        with transaction() as session:
            without_letters(session)
            start_statements(session, find_conversion(session, "become"), by=organizer(session).id)
        run_until_idle()
        with transaction() as session:
            by_day(session, "objections", on=effective)
            (sealed,) = session.scalars(select(DocumentIssueSeal).where(DocumentIssueSeal.count == 2))
            notices = session.scalars(select(ConversionEvidence).where(ConversionEvidence.kind == "ISSUED")).one()
            assert notices.sha256 == sealed.root_sha256
            facts = told(session, find_conversion(session, "become"))
            assert facts["met"] == len(facts["steps"])
            told_to = session.scalars(select(Document).where(Document.kind == KIND).order_by(Document.number)).all()
            assert [(each.facts["shares"], each.facts["cash_minor"]) for each in told_to] == [(67, 1150), (66, 0)]
        for seal in (seal_entries, seal_trail, seal_rows_of_all):
            with transaction() as session:
                seal(session)
        with transaction() as session:  # the life after: every member has one vote, whatever they hold
            who, terms = organizer(session).id, (VotesRule.PER_MEMBER, Transferable.NOT, RedemptionRight.REFUSABLE)
            held = ShareTerms(clock.today(), "members’ shares", "USD", *terms)
            write_terms(session, class_coded(session, "C"), held, by=who, reason="the articles")
            days = {"record_date": clock.today(), "opens_at": clock.now() + LATER, "closes_at": clock.now() + 2 * LATER}
            draft_ballot(session, "first", halls.plan(**days, basis="as each class says"), by=None)
            add_item(session, "first", halls.resolution(TWO_THIRDS), by=None)
            call_ballot(session, "first", by=None)
        with clock.at(clock.now() + timedelta(days=1)), transaction() as session:
            freeze_electorate(session, "first", by=None)
            weights = {name: halls.elector(session, name, "first").weight for name in ("maya", "wei")}
            assert weights == {"maya": 1, "wei": 1}
        with transaction() as session:
            file_ballot_records(session, find_ballot(session, SLUG).id)
        files, missing = packed()
    assert missing == [  # the minutes are signed elsewhere
        "[missing] Minutes: Write the minutes on the ballot’s page, and have chair and secretary sign them.",
        "[missing] Certified resolution: It is filed with the signed minutes.",
    ]
    assert {files[name][:4] for name in files if name.startswith("results/result-certificate-")} == {b"%PDF"}
    assert files["register/effective-date-2027-03-01.pdf"].startswith(b"%PDF")
    resolution = next(name for name in files if name.startswith("papers/conversion-resolution"))
    assert files[resolution].startswith(b"%PDF")
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {name: hashlib.sha256(files[name]).hexdigest() for name in files if name != "SHA256SUMS"}
    assert {"evidence/10-filing-filing.pdf", "register/record-date-2027-01-28.csv", "proofs.json"} <= sums.keys()
    assert "address for forwarding process" in files["checklist.txt"].decode()
    assert [proof for proof in json.loads(files["proofs.json"]) if not proof["holds"]] == []
    before, after = (
        files[f"register/{name}.csv"].decode() for name in ("record-date-2027-01-28", "effective-date-2027-03-01")
    )
    assert ("101" in before, "67" in after, "101" in after) == (True, True, False)


def test_exactly_half_of_all_shares_does_not_convert_a_delaware_corporation(database):
    pledged({"maya": 100, "wei": 60, "ana": 40})
    vote(OUTSTANDING, {"maya": "for", "wei": "against"})
    with clock.at(START), transaction() as session:
        begin(session, "us-de-251", "Flutter Co-operative")
        say(session, "charter", on=START.date())
        file(session, "plan", "rules", "board", on=START.date())
    caps(MEETS, CALLED.date())
    with clock.at(CLOSES + timedelta(hours=8)), transaction() as session:
        file(session, "notice", on=CALLED.date())
        with pytest.raises(NotCarried, match="200 > 200 is false"):
            by_ballot(session)
        assert standings(session, find_conversion(session, "become"))["vote"].met_on is None
    _, missing = packed()
    assert "[missing] Certificate of result: Meet the step of the vote with a certified ballot." in missing
    assert "[missing] Its registered agent" in missing


def test_a_special_resolution_in_the_united_kingdom_is_short_by_one_vote_then_carried_and_the_society_registered(
    database, tmp_path
):
    pledged({"maya": 74, "ana": 1, "wei": 25})
    vote(THREE_QUARTERS, {"maya": "for", "ana": "against", "wei": "against"})
    second = vote(THREE_QUARTERS, {"maya": "for", "ana": "for", "wei": "against"}, "second", later=LATER)
    with clock.at(START), transaction() as session:
        with pytest.raises(NameBarred):
            begin(session, "uk-company-to-society", "The Flutter Company")
        begin(session, "uk-company-to-society", "Flutter Society Limited")
        answered(session, appointed="Maya\nWei\nAna", alterations="The three may accept them.")
        say(session, "charter", on=START.date())
        file(session, "rules", "board", on=START.date())
    effective = second + timedelta(days=30)
    exchange_id = caps(effective, CALLED.date(), Terms(Ratio(1, 1), Fractions.CASH, nominal_cents=100))
    with clock.at(CLOSES + timedelta(days=1)), transaction() as session:
        plan_day(session, "become", "vote", MEETS, by=organizer(session).id, reason="called")
        with pytest.raises(TooLate, match="2027-02-04"):
            file(session, "notice", on=date(2027, 2, 5))  # 14 days, but not clear ones
        file(session, "notice", on=CALLED.date())
        with pytest.raises(NotCarried, match="296 >= 300 is false"):  # 74 of 100 by four; three quarters by three
            by_ballot(session)
        wei = session.scalars(select(Person).where(Person.email == "wei@example.org")).one()
        raise_objection(session, "second", wei.id, statement="I do not want to be a co-operator.", by=wei.id)
    with clock.at(datetime.combine(effective, CLOSES.timetz())), transaction() as session:
        by_ballot(session, "second", second)
        file(session, "appointed", "filing", "certificate", "second_filing", "effect", on=second)
        contest(session, "become", "effect", by=organizer(session).id, reason="the wrong society was registered")
        all_ = standings(session, find_conversion(session, "become"))
        assert (all_["effect"].met_on, all_["effect"].contested) == (None, True)
        file(session, "effect", on=effective)
        _, step = locked_step(session, "become", "effect")
        assert [contested is not None for _, contested in evidence_of(session, step.id)] == [True, False]
        assert session.scalars(select(ConversionContest.reason)).one() == "the wrong society was registered"
    executed(exchange_id, effective)
    with clock.at(datetime.combine(effective, CLOSES.timetz())):
        papers("conversion-resolution", "conversion-statement")
        with transaction() as session:
            say(session, "member_notices", on=effective)
            resolution = session.scalars(select(Document).where(Document.kind == "conversion-resolution")).one().facts
            assert (resolution["appointed"], resolution["approvals"][0]["votes_for"]) == (["Maya", "Wei", "Ana"], 75)
            steps = (
                session.scalars(select(Document).where(Document.kind == "conversion-statement")).one().facts["steps"]
            )
            assert steps[0] == "send resolution + rules to FCA"
        files, missing = packed()
    assert "[missing] Plan and report of conversion: File it on this page." in missing
    assert [line for line in missing if not line.startswith(("[missing] Plan and", *UNFILED))] == []
    assert "RULES OF Flutter Society Limited" in files["rules/draft-for-counsel.txt"].decode()
    assert "results/second.json" in files
    with clock.at(datetime.combine(effective, CLOSES.timetz())):
        assert "become  uk-company-to-society  13 of 13 steps are met" in run("conversion", "list").stdout
        told_of = json.loads(run("conversion", "show", "become", "--json").stdout)
        assert (told_of["met"], told_of["steps"][5]["key"], told_of["steps"][5]["met_on"]) == (13, "vote", str(second))
        printed = run("conversion", "dry-run", "become", "-o", str(tmp_path / "list.pdf"), "--format", "pdf").stdout
        assert "A → C: 3 holders, 100 → 100 shares, cash 0 USD" in printed
        assert (tmp_path / "list.pdf").read_bytes().startswith(b"%PDF")
        run("conversion", "dry-run", "become", "-o", str(tmp_path / "list.csv"))
        assert (tmp_path / "list.csv").read_text().startswith("member_number,old_class")
        again = run("conversion", "execute", "become").stdout  # running it twice changes nothing
        assert again == f"exchange {exchange_id} took effect: 3 holders, 1 acts\n"
        said = run("conversion", "pack", "become", "-o", str(tmp_path / "pack.zip")).stdout
        assert f"{tmp_path / 'pack.zip'}: {len(files)} files" in said and "[draft] Rules or statutes" in said
    run("conversion", "show", "nowhere", status=2)


def test_a_french_meeting_without_quorum_is_called_again_carries_and_the_company_becomes_a_scic(database):
    pledged({"maya": 100, "wei": 60, "ana": 40})
    vote(halls.quorum("1/4", TWO_THIRDS, second="1/5"), {"ana": "for"})  # 40 of 200: a fifth, and no quarter
    later = {
        "record_date": (CLOSES + timedelta(days=2)).date(),
        "opens_at": CLOSES + timedelta(days=20),
        "closes_at": CLOSES + timedelta(days=30),
    }
    with transaction() as session:
        with clock.at(CLOSES):
            call_again(session, SLUG, "again", by=None, **later)
            call_ballot(session, "again", by=None)
        for days in (4, 21):
            with clock.at(CLOSES + timedelta(days=days)):
                keep_time(session)
        with clock.at(CLOSES + timedelta(days=22)):
            halls.vote(session, "ana", "for", slug="again")
    with clock.at(START), transaction() as session:
        begin(session, "fr-sa-scic", "Flutter SCIC SA")
        answered(session, colleges="Usagers : 50 %\nSalariés : 30 %\nPartenaires : 20 %")
        say(session, "charter", "commitments", "colleges", on=START.date())
        file(session, "rules", on=START.date())
    with clock.at(START):
        papers("conversion-plan")
    with clock.at(START), transaction() as session:
        assert standings(session, find_conversion(session, "become"))["report"].met_on == START.date()
        file(session, "board", on=START.date())
    second = CLOSES + timedelta(days=30)
    effective = second.date() + timedelta(days=14)
    exchange_id = caps(effective, CALLED.date())
    with clock.at(second), transaction() as session:
        answered(session, colleges="Usagers : 60 %\nSalariés : 30 %\nPartenaires : 10 %")
        with pytest.raises(CollegeOutside, match="“Usagers” has 60 per cent"):
            file(session, "notice", on=CALLED.date())
        answered(session, colleges="Usagers : 50 %\nSalariés : 30 %\nPartenaires : 20 %")
        file(session, "notice", on=CALLED.date())
        with pytest.raises(NotCarried, match="is false"):
            by_ballot(session)
        keep_time(session)
        with pytest.raises(NotCertified):
            by_ballot(session, "again", second.date())
        certified(session, "again")
        by_ballot(session, "again", second.date())
        file(session, "filing", "effect", on=second.date())
    executed(exchange_id, effective)
    with clock.at(second + timedelta(days=15)):
        papers("conversion-plan")
        with transaction() as session:
            say(session, "member_notices", on=effective)
            plan = session.scalars(
                select(Document).where(Document.kind == "conversion-plan", Document.version == 2)
            ).one()
            assert "STATUTS DE Flutter SCIC SA" in plan.facts["rules"] and "Usagers : 50 %" in plan.facts["rules"]
            assert plan.language == "fr"
        files, missing = packed()
    assert (
        len([line for line in missing if not line.startswith(UNFILED)]) == 2
    )  # the resolution and the statement for the registrar, which are filed elsewhere
    assert "exchange/1-list.csv" in files and "results/again-certificate.json" in files


def test_a_german_company_reaches_the_end_of_its_cash_offer(database):
    pledged({"maya": 75, "wei": 25})
    vote(THREE_QUARTERS, {"maya": "for", "wei": "against"})
    with clock.at(START), transaction() as session:
        begin(session, "de-umwg-eg", "Flutter eG")
        say(session, "charter", "commitments", on=START.date())
        file(session, "rules", "report", "opinion", "works_council", on=START.date())
    effective = date(2027, 5, 1)
    exchange_id = caps(effective, CALLED.date(), Terms(Ratio(1, 1), Fractions.CASH, least=1))
    with clock.at(CLOSES), transaction() as session:
        file(session, "notice", on=CALLED.date())
        by_ballot(session)
        wei = member_of(session, "wei")
        raise_objection(session, SLUG, wei.person_id, statement="Against the minutes' resolution.", by=wei.person_id)
    with clock.at(datetime(2027, 5, 1, 12, tzinfo=UTC)), transaction() as session:
        with pytest.raises(TooEarly, match="2027-03-19"):
            by_day(session, "objections", on=date(2027, 3, 18))
        by_day(session, "objections", on=date(2027, 3, 19))
        file(session, "filing", "effect", on=date(2027, 4, 30))
    executed(exchange_id, effective)
    offer_id = the_cash_offer(effective)
    with (
        clock.at(datetime(2027, 6, 30, 21, 59, tzinfo=UTC)),
        transaction() as session,
    ):  # a minute before midnight there
        maya, wei = member_of(session, "maya"), member_of(session, "wei")
        with pytest.raises(NoObjection):
            accept(session, offer_id, maya, 75, by=maya.person_id)
        with pytest.raises(BeyondHeld, match="25 shares"):
            accept(session, offer_id, wei, 26, by=wei.person_id)
        accepted = accept(session, offer_id, wei, 25, by=wei.person_id)
        with pytest.raises(AcceptedAlready):
            accept(session, offer_id, wei, 1, by=wei.person_id)
    with clock.at(datetime(2027, 6, 30, 22, tzinfo=UTC)), transaction() as session:
        with pytest.raises(OfferOver):
            accept(session, offer_id, member_of(session, "maya"), 1, by=wei.person_id)
        for _ in range(2):  # settled once
            settle(session, accepted.id, on=date(2027, 6, 30), by=organizer(session).id)
        payout = session.scalars(select(Payout).where(Payout.source == f"exit:{accepted.id}")).one()
        assert (payout.person_id, payout.amount_cents, payout.due_on) == (wei.person_id, 25 * 2_500, date(2027, 7, 1))
        assert balance(session, "share_capital", "C", "USD") == 75 * make.PRICE.minor
        assert (
            balance(session, "capital_reserve", "C", "USD") == -25 * 200
        )  # the price is two dollars above what was paid
        pay_out(session, payout.id, paid_on=date(2027, 7, 1), bank_reference="EXIT-1", by=None)
        assert balance(session, "payouts_payable", f"exit:{accepted.id}", "USD") == 0
    with clock.at(datetime(2027, 7, 1, 12, tzinfo=UTC)), transaction() as session:
        with pytest.raises(TooEarly, match="2027-06-30"):
            by_day(session, "cash_offer", on=date(2027, 6, 29))
        by_day(session, "cash_offer", on=date(2027, 6, 30))


def member_of(session: Session, name: str) -> Membership:
    found = select(Membership).join(Person, Membership.person_id == Person.id)
    return session.scalars(found.where(Person.email == f"{name}@example.org")).one()


def the_cash_offer(opens_on: date) -> int:
    """Twenty-five dollars a share for whoever objected, for the two months of the law; its number."""
    with clock.at(datetime(2027, 5, 1, 16, tzinfo=UTC)), transaction() as session:
        first, second = two(session)
        price, due = Money(2_500, "USD"), date(2027, 7, 1)
        terms = offering.Terms(
            class_coded(session, "C"), price, opens_on, date(2027, 6, 29), due, True, "valued by the auditor"
        )
        with pytest.raises(offering.TooShort, match="2027-06-30"):
            offering.propose_offer(session, "become", terms, by=first, reason="as the law asks")
        terms = replace(terms, closes_on=date(2027, 6, 30))
        proposal = offering.propose_offer(session, "become", terms, by=first, reason="as the law asks")
        decide(session, proposal.id, approve=True, by=second, reason="as valued")
        return offering.offers_of(session, find_conversion(session, "become"))[0].id
