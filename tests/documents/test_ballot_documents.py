"""Documents of a ballot: each act of a meeting's ballot files its own, and they are read where the law lets."""

from datetime import timedelta
from fractions import Fraction
from io import BytesIO

from pypdf import PdfReader

from app.ballots.bundle.format import read_bundle
from app.ballots.bundle.verifying import Verdict, verify_bundle
from app.ballots.bundle.writing import bundle_of
from app.ballots.calling import call_ballot
from app.ballots.drafting import add_item, draft_ballot, find_ballot
from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.meetings import plan_meeting
from app.ballots.opening import close_ballot, open_ballot
from app.ballots.questions import Option, Question, QuestionKind
from app.ballots.result.certifying import count_ballot, propose_certification, raise_objection
from app.ballots.result.minutes import sign_minutes, write_minutes
from app.ballots.rules import CallRule, Need, Rule
from app.ballots.stating import MeetingPlan
from app.ballots.telling import link_of
from app.core import clock
from app.core.database import transaction
from app.documents.balloting.filing import documents_of, file_ballot_records
from app.documents.models import Document
from app.law.thresholds import Threshold
from app.members.approvals.approving import decide
from app.worker import run_until_idle
from tests import make
from tests.ballots import halls
from tests.ballots.halls import SLUG
from tests.ballots.test_ballot_pages import send
from tests.exports.test_trail import browser

NOW = clock.now()
DAY = timedelta(days=1)
OPENS, CLOSES = NOW - 2 * DAY, NOW + DAY
TWO_THIRDS = Rule(CallRule((Need(Threshold("for", "cast_for_against", ">=", Fraction(2, 3))),)))
BOARD = Question(QuestionKind.RANKED, tuple(map(Option, ("Ada", "Ben", "Cleo"))), seats=2, method="scottish-stv")


def filed() -> dict[str, list[Document]]:
    assert run_until_idle() == []
    found: dict[str, list[Document]] = {}
    with transaction() as session:
        for each in documents_of(session, find_ballot(session, SLUG)):
            found.setdefault(each.kind, []).append(each)
    return found


def call() -> None:
    with transaction() as session, clock.at(NOW - 50 * DAY):
        for name, shares in halls.HOLDERS.items():
            make.lot(session, make.member(session, f"{name}@example.org", name.title()), shares)
        meeting = MeetingPlan({"en": "General meeting"}, OPENS + DAY, "UTC", place="Oakland")
        terms = halls.plan(record_date=(NOW - 5 * DAY).date(), opens_at=OPENS, closes_at=CLOSES, law="fr-sa-scic")
        draft_ballot(session, SLUG, terms, by=None, meeting=plan_meeting(session, "agm", meeting, by=None))
        rule = Rule(CallRule(TWO_THIRDS.first.levels, halls.quorum("1/4").first.quorum))
        add_item(session, SLUG, halls.resolution(rule), by=None)
        add_item(session, SLUG, halls.resolution(question=BOARD, rule=None, title={"en": "The board"}), by=None)
        call_ballot(session, SLUG, by=None)


def test_each_act_of_a_ballot_files_its_documents_and_they_are_read_where_the_law_lets(database, monkeypatch) -> None:
    call()
    notice = filed()["meeting-notice"][0].facts
    assert (notice["meeting_title"], notice["meeting_place"]) == ("General meeting", "Oakland")
    first, second = notice["agenda"]
    assert (first["special"], first["majority"]) == (True, "at least 2/3 of the votes cast for and against are for it")
    assert first["quorum"] == "at least 1/4 of all shares with votes take part"
    assert (second["text"], second["majority"]) == ("The company becomes a co-operative.", "")
    assert (second["options"], second["seats"]) == (["Ada", "Ben", "Cleo"], 2)
    assert "the capital" in notice["counsel"][0], "what the law demands besides is left to counsel by name"

    with transaction() as session, clock.at(NOW - 3 * DAY):
        freeze_electorate(session, SLUG, by=None)
    with transaction() as session, clock.at(OPENS):
        open_ballot(session, SLUG, by=None)
        maya = halls.elector(session, "maya")
        link, line = link_of(maya, maya.person), maya.id
        people = {name: halls.elector(session, name).person for name in halls.HOLDERS}
        one, two = halls.staff(session, "teo"), halls.staff(session, "tia")
    with transaction() as session, clock.at(OPENS + DAY):
        for name, said in {"maya": ("for", "3>1"), "wei": ("against", "2>1")}.items():
            halls.vote(session, name, *said)
        raise_objection(session, SLUG, people["wei"].id, statement="The report came late.")
    voter, other = browser(people["maya"], monkeypatch), browser(people["ana"], monkeypatch)
    own = f"/ballots/votes/{line}"
    receipt = voter.get(f"{own}/receipt.pdf")
    assert receipt.content.startswith(b"%PDF") and receipt.content == voter.get(f"{link}/receipt.pdf").content
    form = PdfReader(BytesIO(voter.get(f"{own}/proxy-form.pdf").content))
    text = " ".join(" ".join(page.extract_text() for page in form.pages).split())
    assert "1. Conversion" in text and "2. The board" in text and "Cleo" in text
    assert other.get(f"{own}/receipt.pdf").status_code == other.get(f"{own}/proxy-form.pdf").status_code == 404
    assert f'href="{own}/receipt.pdf"' in voter.get(f"/ballots/{SLUG}").text
    ana = other.get(f"/ballots/{SLUG}").text.split("/proxy-form.pdf")[0].rsplit('href="', 1)[1]
    assert "there is no receipt yet" in other.get(f"{ana}/receipt.pdf").text

    desk = browser(one, monkeypatch)
    assert "Close the ballot" not in desk.get(f"/desk/ballots/{SLUG}").text, "its hour has not come"
    with transaction() as session, clock.at(CLOSES):
        close_ballot(session, SLUG, by=None)
    attended = filed()["attendance-list"][0].facts
    assert attended["record_at"][:10] == (NOW - 5 * DAY).date().isoformat(), (
        "the record date itself, not the next midnight"
    )
    assert [each["legal_name"] for each in attended["present"]] == ["Maya", "Wei"]
    assert (attended["votes_total"], attended["votes_entitled"]) == ("160", "200")

    with transaction() as session, clock.at(CLOSES):
        count_ballot(session, SLUG, by=None)
        proposal = propose_certification(session, SLUG, by=one, statement="I counted and found it right.")
        decide(session, proposal.id, approve=True, by=two, reason="I counted too.")
    motion, board = (each.facts for each in filed()["result-certificate"])
    assert (motion["majority"]["needed"], motion["majority"]["reached"], motion["carried"]) == ("107", "100", False)
    assert (motion["quorum"]["needed"], motion["quorum"]["reached"], motion["quorum"]["met"]) == ("50", "160", True)
    assert [(each["ballots"], each["votes"]) for each in motion["choices"]] == [(1, "100"), (1, "60"), (0, "0")]
    assert motion["challenges"] == [{"challenge": "The report came late.", "decision": "–"}]
    assert [each["name"] for each in motion["signatories"]] == ["Teo", "Tia"]
    assert board["elected"] == ["Cleo", "Ben"] and board["stages"][0]["votes"].startswith("Ada ")

    with transaction() as session, clock.at(CLOSES):
        text = write_minutes(session, SLUG, "Eleven members spoke.", language="en", by=one.id)
        sign_minutes(session, SLUG, text.sha256, capacity="chair", by=one.id)
    assert "minutes" not in filed()
    with transaction() as session, clock.at(CLOSES):
        sign_minutes(session, SLUG, text.sha256, capacity="secretary", by=two.id)
    found = filed()
    minutes = found["minutes"][0].facts
    assert minutes["debates"][0]["summary"] == "Eleven members spoke." and len(minutes["annexes"]) == 3
    assert "certified-resolution" not in found, "nothing was carried"

    with transaction() as session:
        again = documents_of(session, find_ballot(session, SLUG))
        file_ballot_records(session, find_ballot(session, SLUG).id)
        assert [each.id for each in documents_of(session, find_ballot(session, SLUG))] == [each.id for each in again]
        read = read_bundle(bundle_of(session, find_ballot(session, SLUG), full=True))
    assert [each["facts_sha256"] for each in read.data["documents"]] == [each.facts_sha256 for each in again]
    verdicts = {each.name: each.verdict for each in verify_bundle(read)}
    assert verdicts["documents"] == Verdict.HOLDS
    page = other.get(f"/ballots/{SLUG}").text
    by_kind = {kind: each[0].number for kind, each in found.items()}
    for kind, number in by_kind.items():
        shown = kind != "attendance-list"
        path = f"/ballots/{SLUG}/documents/{number}.pdf"
        assert (f'href="{path}"' in page, other.get(path).status_code) == ((True, 200) if shown else (False, 404)), kind
        assert f'href="/desk{path}"' in desk.get(f"/desk/ballots/{SLUG}").text
    assert desk.get(f"/desk/ballots/{SLUG}/documents/{by_kind['attendance-list']}.pdf").status_code == 200


def test_what_is_carried_becomes_a_certified_resolution(database, monkeypatch) -> None:
    with transaction() as session:
        with clock.at(NOW - 40 * DAY):
            for name, shares in halls.HOLDERS.items():
                make.lot(session, make.member(session, f"{name}@example.org", name.title()), shares)
            terms = halls.plan(record_date=(NOW - 9 * DAY).date(), opens_at=NOW - 3 * DAY, closes_at=NOW - DAY)
            draft_ballot(session, SLUG, terms, by=None)
            add_item(session, SLUG, halls.resolution(TWO_THIRDS), by=None)
            call_ballot(session, SLUG, by=None)
        with clock.at(NOW - 4 * DAY):
            freeze_electorate(session, SLUG, by=None)
        with clock.at(NOW - 3 * DAY):
            open_ballot(session, SLUG, by=None)
            halls.vote(session, "maya", "for")
        one, two = halls.staff(session, "teo"), halls.staff(session, "tia")
    desk = browser(one, monkeypatch)
    assert "The ballot is closed" in send(desk, f"/desk/ballots/{SLUG}", f"/desk/ballots/{SLUG}/closing").text
    with transaction() as session:
        count_ballot(session, SLUG, by=None)
        text = write_minutes(session, SLUG, "Nobody spoke.", language="en", by=one.id)
        for person, capacity in ((one, "chair"), (two, "secretary")):
            sign_minutes(session, SLUG, text.sha256, capacity=capacity, by=person.id)
        proposal = propose_certification(session, SLUG, by=one, statement="I counted.")
        decide(session, proposal.id, approve=True, by=two, reason="I counted too.")
    found = filed()
    resolution = found["certified-resolution"][0].facts
    assert resolution["result"] == "For 100, against 0, abstained 0. The resolution is carried."
    assert resolution["minutes_number"] == found["minutes"][0].number
    assert [each["name"] for each in resolution["signatories"]] == ["Tia"]
    assert resolution["resolution_text"] == "The company becomes a co-operative."
