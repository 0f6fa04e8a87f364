"""A campaign over the API: words, updates, questions, documents, the solidarity fund, and charge runs."""

from base64 import b64encode

from app.core import tokens
from app.core.database import transaction
from app.offers.pledging.solidarity.giving import PURPOSE, confirm_gift
from app.offers.pledging.solidarity.models import SolidarityGift
from tests import make
from tests.api.conftest import problem
from tests.core.files import pdf as pdf_file
from tests.offers.test_solidarity import FUND, ask

OFFER = f"/offers/{make.SLUG}"
WHY = {"reason": "as resolved"}


def test_what_the_public_page_says_is_written_asked_and_answered(program):
    with transaction() as session:
        make.open_offer(session)
        make.person(session)
    organizer, auditor, maya = program("organizer"), program("auditor"), program("maya@example.org")
    words = {"organization": "A co-operative of users.", "hashtag": "WeAreTwitter", "company_cents": 100_00}
    assert problem(organizer.post(f"{OFFER}/words", words | {"hashtag": "two words"}, 422)) == "InvalidInput"
    auditor.post(f"{OFFER}/words", words, 403)
    assert organizer.post(f"{OFFER}/words", words).json()["version"] == 1
    posted = organizer.post(f"{OFFER}/updates", {"title": "Half", "text": "Half of the way."}, 201).json()
    corrected = {"title": "Half", "text": "A third of the way.", "reason": "counted wrongly"}
    second = organizer.post(f"{OFFER}/updates/1", corrected).json()
    assert (second["version"], second["reason"]) == (2, "counted wrongly")
    assert problem(organizer.post(f"{OFFER}/updates/1", corrected, 409)) == "NothingChanged"
    organizer.post(f"{OFFER}/updates/9", corrected, 404)
    assert maya.every(f"{OFFER}/updates") == [second] and second["posted_at"] == posted["posted_at"]
    asked = maya.post(f"{OFFER}/questions", {"question": "Who decides?"}, 201).json()
    maya.get(f"{OFFER}/questions", 403)
    maya.post(f"{OFFER}/questions/{asked['id']}/answer", {"answer": "I do."}, 403)
    answered = organizer.post(f"{OFFER}/questions/{asked['id']}/answer", {"answer": "The members."}).json()
    assert (answered["state"], answered["answer"]) == ("answered", "The members.")
    hidden = organizer.post(f"{OFFER}/questions/{asked['id']}/visibility", WHY | {"hidden": True}).json()
    assert auditor.every(f"{OFFER}/questions") == [hidden] and hidden["state"] == "hidden"
    organizer.post(f"{OFFER}/questions/{asked['id'] + 1}/answer", {"answer": "?"}, 404)


def test_documents_are_laid_before_supporters_while_the_offer_is_a_draft(program):
    with transaction() as session:
        make.draft(session)
    organizer, auditor = program("organizer"), program("auditor")
    pdf = {"file_name": "prospectus.pdf", "file": b64encode(pdf_file()).decode()}
    auditor.post(f"{OFFER}/documents", pdf, 403)
    one = organizer.post(f"{OFFER}/documents", pdf, 201).json()
    assert [each["sha256"] for each in auditor.every(f"{OFFER}/documents")] == [one["sha256"]]
    organizer.post(f"{OFFER}/documents/{one['id'] + 9}/removal", None, 404)
    assert organizer.post(f"{OFFER}/documents/{one['id']}/removal", None).json() == one
    assert auditor.every(f"{OFFER}/documents") == []


def test_a_gift_to_the_fund_is_made_by_who_read_the_text_and_the_fund_pays_by_two_people(program):
    with transaction() as session:
        make.open_offer(session, **FUND)
        make.open_offer(session, "plain", solidarity=False)
        make.person(session, "rosa@example.org", "Rosa Parker")
    organizer, treasurer, rosa = program("organizer"), program("treasurer"), program("rosa@example.org")
    rosa.get("/offers/plain/solidarity", 404)
    text = rosa.get(f"{OFFER}/solidarity?language=fr").json()
    gift = {"solidarity_shares": 20, "legal_name": "Rosa Parker", "email": "rosa@example.org", "language": "fr"}
    assert problem(rosa.post(f"{OFFER}/solidarity", gift | {"agreed": "0" * 64}, 422)) == "InvalidInput"
    sent = rosa.post(f"{OFFER}/solidarity", gift | {"agreed": text["consent_sha256"]}, 202).json()
    assert (sent["amount"]["minor"], sent["state"]) == (460_00, "unconfirmed")
    assert rosa.every("/gifts") == []
    with transaction() as session:
        row = session.query(SolidarityGift).one()
        confirm_gift(session, tokens.seal(PURPOSE, row.id))
        make.pay(session, row.request, row.amount)
        waits = ask(session, shares=10).public_id
        ends = ask(session, email="lee@example.org").public_id
        gone = ask(session, email="kim@example.org").public_id
    [mine] = rosa.every("/gifts")
    assert (mine["waiting"]["minor"], mine["used"]["minor"], mine["ended"]) == (460_00, 0, False)
    rosa.post(f"{OFFER}/solidarity/requests/{ends}/end", WHY, 403)
    assert organizer.post(f"{OFFER}/solidarity/requests/{ends}/end", WHY).json() == {"pledge": ends}
    organizer.post(f"{OFFER}/solidarity/requests/{ends}/end", WHY, 409)
    rosa.post(f"/fund-requests/{waits}/withdrawal", None, 404)
    program("kim@example.org").post(f"/fund-requests/{gone}/withdrawal", None)
    proposal = organizer.post(f"{OFFER}/solidarity/matching/proposals", WHY, 201).json()
    treasurer.post(f"/approvals/{proposal['id']}/approval", {"reason": "their turn"})
    fund = rosa.get(f"{OFFER}/solidarity").json()
    assert (fund["people"], fund["shares"], fund["used"]["minor"]) == (1, 10, 230_00)
    back = rosa.post(f"/gifts/{mine['id']}/withdrawal", None).json()
    assert (back["ended"], back["used"]["minor"]) == (True, 230_00)
    program("sam@example.org").post(f"/gifts/{mine['id']}/withdrawal", None, 404)
