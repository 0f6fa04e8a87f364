"""The story over the API: from a draft to a certificate, with the figures that the pages show."""

import csv
import hashlib
import io

from sqlalchemy import select

from app.core.database import transaction
from app.letters.models import Letter
from app.members.approvals.approving import decide
from app.members.roles import grant_role
from app.offers.models import Pledge
from app.offers.pledging import confirm_pledge
from tests import make
from tests.api.conftest import declared, problem, terms


def test_an_offer_goes_from_draft_to_shares_over_the_api(program, client):
    organizer, treasurer, auditor = program("organizer"), program("treasurer"), program("auditor")
    drafted = organizer.post("/offers", {"slug": "buy-it", **terms(title="Buy it")}, 201).json()
    assert (drafted["state"], drafted["terms"]["version"]) == ("draft", 1)
    changed = organizer.put("/offers/buy-it/terms", terms()).json()
    assert (changed["terms"]["title"], changed["terms"]["version"]) == ("Buy the platform", 2)
    assert changed["terms"]["deadline_at"] == "2100-01-01T01:00:00Z"
    assert organizer.post("/offers/buy-it/opening", {"reason": "approved"}).json()["state"] == "open"
    assert problem(organizer.put("/offers/buy-it/terms", terms(), 409)) == "TermsFrozen"

    supporter = program("someone@example.org")
    for email in ("maya@example.org", "wei@example.org"):
        sent = supporter.post("/offers/buy-it/pledges", declared(terms_version=2, email=email), 202).json()
        assert sent == {
            "email": email,
            "shares": 100,
            "amount": {"minor": 230_000, "currency": "USD"},
            "state": "unconfirmed",
        }
    with transaction() as session:
        assert make.letters(session, "maya@example.org") == ["confirm-pledge"]
        for pledge in session.scalars(select(Pledge)).all():
            confirm_pledge(session, make.link(pledge))

    maya = program("maya@example.org")
    mine = maya.get("/pledges").json()["items"][0]
    assert mine == maya.get(f"/pledges/{mine['id']}").json()
    assert mine["payment"]["amount"] == {"minor": 230_000, "currency": "USD"}
    assert problem(program("wei@example.org").get(f"/pledges/{mine['id']}", 404)) == "NotFound"

    for number, pledge in enumerate(auditor.every("/offers/buy-it/pledges")):
        paid = {
            "reference": pledge["reference"].lower(),
            "amount": {"minor": 230_050, "currency": "USD"},
            "received_on": make.clock.today().isoformat(),
            "payer_name": "Whoever",
            "bank_reference": f"LINE {number}",
        }
        receipt = treasurer.post("/receipts", paid, 201).json()
        assert receipt["amount"] == {"minor": 230_050, "currency": "USD"}
    assert [each["bank_reference"] for each in auditor.every("/receipts")] == ["LINE 1", "LINE 0"]
    tally = maya.get("/offers/buy-it/tally").json()
    assert (tally["people"], tally["paid"]["minor"], tally["reached"]) == (2, 460_000, True)

    assert organizer.post("/offers/buy-it/closing", {"reason": "reached"}).json()["state"] == "tallying"
    result = auditor.get("/offers/buy-it/result").json()
    assert (result["reached"], result["to_allot"]["minor"], result["oversubscribed"]) == (True, 460_000, False)
    wanted = {"act": "result", "reason": "everything is paid"}
    proposal = organizer.post("/offers/buy-it/proposals", wanted, 201).json()
    assert problem(organizer.post(f"/approvals/{proposal['id']}/approval", {"reason": "I say"}, 403)) == "OwnProposal"
    assert treasurer.post(f"/approvals/{proposal['id']}/approval", {"reason": "looked at it"}).json()["approved"]
    from app.worker import run_until_idle

    assert run_until_idle() == []
    assert organizer.get("/offers/buy-it").json()["state"] == "succeeded"
    assert [move["to_state"] for move in auditor.every("/offers/buy-it/moves")] == [
        "open", "tallying", "allotting", "succeeded",
    ]  # fmt: skip

    filed = auditor.every("/filed-documents?kind=certificate&limit=1")
    assert [each["kind"] for each in filed] == ["certificate"] * 2
    assert auditor.get(f"/filed-documents/{filed[0]['number']}/pdf").content.startswith(b"%PDF-")
    assert problem(maya.get(f"/filed-documents/{filed[0]['number']}/pdf", 403)) == "NotAllowed"
    treasurer.get("/filed-documents?kind=minutes", 404)

    [lot] = maya.every("/holdings")
    assert (lot["shares"], lot["paid"]["minor"]) == (100, 230_000)
    [document] = [each for each in maya.every("/documents") if each["number"] == lot["document"]]
    assert maya.get(f"/documents/{document['number']}").json() == document
    pdf = maya.get(f"/documents/{document['number']}/pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    for path in (f"/documents/{document['number']}", f"/documents/{document['number']}/pdf"):
        assert problem(auditor.get(path, 404)) == "NotFound"

    lines = auditor.every("/register?limit=1")
    assert [(line["legal_name"], line["shares"], line["amount_paid"]) for line in lines] == [
        ("Maya Whitfield", 100, "2300.00"),
        ("Maya Whitfield", 100, "2300.00"),
    ]
    text = auditor.get("/register", accept="text/csv")
    assert text.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(text.text)))
    assert [{name: str(value) for name, value in line.items()} for line in lines] == rows

    file = auditor.get(f"/register/file?profile=uk&format=parquet&known_at={make.clock.now():%Y-%m-%dT%H:%M:%SZ}")
    assert file.headers["content-type"] == "application/vnd.apache.parquet" and file.content[:4] == b"PAR1"
    assert problem(auditor.get("/register/file?profile=atlantis", 422)) == "UnknownProfile"
    asked = auditor.post("/register/exports", {"register": "movements", "profile": "fr", "format": "pdf"}, 201).json()
    assert asked["state"] == "making" and auditor.get(f"/register/exports/{asked['id']}/file", 404)
    assert run_until_idle() == []
    ready = auditor.get(f"/register/exports/{asked['id']}").json()
    file = auditor.get(f"/register/exports/{asked['id']}/file")
    assert ready["state"] == "ready" and hashlib.sha256(file.content).hexdigest() == ready["sha256"]
    told = auditor.get("/members/1/statement").json()
    assert (told["holdings"][0]["shares"], [each["minor"] for each in told["capital"]]) == (100, [230_000])
    assert auditor.get("/members/1/statement?as_of=2020-01-01").json()["changes"] == []
    maya.get("/members/1/statement", 403)

    [first, _] = auditor.every("/refunds?unpaid=true")
    gone = {"paid_on": make.clock.today().isoformat(), "bank_reference": "OUT 1"}
    paid = treasurer.post(f"/refunds/{first['id']}/payment", gone).json()
    assert (paid["amount"]["minor"], paid["bank_reference"]) == (50, "OUT 1")
    assert len(auditor.every("/refunds?unpaid=true")) == 1
    assert len(auditor.every("/refunds")) == 2

    members = auditor.every("/members?limit=1")
    assert [member["number"] for member in members] == [1, 2]
    [own] = maya.every("/me/holders")
    assert (own["name"], own["kind"], own["own"], own["application_waits"]) == ("Maya Whitfield", "person", True, False)
    assert problem(maya.post("/me/application", {"statement": "Once more."}, 409)) == "MemberAlready"
    last = {"ceases_on": make.clock.today().isoformat(), "reason": "I move away"}
    maya.post("/me/resignation", last | {"holder": 99_999}, 404)
    left = maya.post("/me/resignation", last, 201).json()
    assert left == {"member_number": own["member_number"], "ceases_on": last["ceases_on"]}
    assert auditor.get("/members/1").json()["address"]["locality"] == "Boulder"
    proofs = auditor.get("/proofs").json()
    assert proofs["holds"]
    assert len(proofs["proofs"]) > 10


def test_a_page_and_the_api_tell_the_same_tally(program, client):
    with transaction() as session:
        make.open_offer(session)
        make.paid_pledge(session, email="maya@example.org", shares=100)
        make.pledge(session, email="wei@example.org", shares=50)
    tally = program("maya@example.org").get("/offers/buy-it/tally").json()
    assert (tally["people"], tally["shares"], tally["paid_people"]) == (2, 150, 1)
    shown = client.get("/offers/buy-it", headers={"Accept-Language": "en"}).text
    for figure in ("pledged", "paid"):
        whole = f"${tally[figure]['minor'] // 100:,}"
        assert whole in shown, f"{figure}: {whole}"


def test_a_pledge_over_the_api_does_not_tell_who_is_known(program):
    with transaction() as session:
        make.open_offer(session)
        make.pledge(session, email="maya@example.org")
    supporter = program("someone@example.org")
    answers = [
        supporter.post("/offers/buy-it/pledges", declared(email=email), 202).json() | {"email": ""}
        for email in ("maya@example.org", "new@example.org")
    ]
    assert answers[0] == answers[1]
    with transaction() as session:
        names = session.scalars(select(Letter.name).order_by(Letter.id.desc()).limit(2)).all()
        assert names == ["confirm-pledge", "already-pledged"]


def test_a_supporter_withdraws_over_the_api(program):
    with transaction() as session:
        make.open_offer(session)
        mine = make.paid_pledge(session).public_id
    maya = program("maya@example.org")
    less = {"shares": 60, "address": declared()["address"]}
    assert problem(program("wei@example.org").post(f"/pledges/{mine}/change", less, 404)) == "NotFound"
    wrong = maya.post(f"/pledges/{mine}/change", less | {"address": less["address"] | {"region": ""}}, 422).json()
    assert [(each["field"], each["name"]) for each in wrong["errors"]] == [("address.region", "RegionMissing")]
    changed = maya.post(f"/pledges/{mine}/change", less, 201).json()
    assert (changed["shares"], changed["paid"]) == (60, changed["amount"])
    mine = changed["id"]
    assert problem(program("wei@example.org").post(f"/pledges/{mine}/withdrawal", {"reason": "x"}, 404)) == "NotFound"
    gone = maya.post(f"/pledges/{mine}/withdrawal", {"reason": "a move"}).json()
    assert (gone["state"], gone["payment"]) == ("withdrawn", None)
    assert problem(maya.post(f"/pledges/{mine}/withdrawal", {"reason": "again"}, 409)) == "NotWithdrawable"


def test_roles_are_granted_and_ended_over_the_api(program):
    organizer = program("organizer")
    program("maya@example.org")
    proposed = organizer.post(
        "/roles", {"email": "maya@example.org", "role": "auditor", "reason": "elected"}, 201
    ).json()
    assert (proposed["act"], proposed["may_decide"]) == ("role:grant", False)
    said = {"reason": "I propose it"}
    assert problem(organizer.post(f"/approvals/{proposed['id']}/approval", said, 403)) == "OwnProposal"
    with transaction() as session:
        second = make.person(session, "second@example.org", "Another organizer")
        grant_role(session, second, "organizer", by=None, reason="elected")
        decide(session, proposed["id"], approve=True, by=second, reason="I was there")
    roles = organizer.every("/roles?limit=1")
    assert [role["email"] for role in roles] == ["organizer@example.org", "second@example.org", "maya@example.org"]
    granted = roles[-1]
    assert granted["granted_by"] == "second@example.org"
    unknown = {"email": "nobody@example.org", "role": "auditor", "reason": "x"}
    assert problem(organizer.post("/roles", unknown, 404)) == "UnknownPerson"
    own = {"email": "organizer@example.org", "role": "auditor", "reason": "x"}
    assert problem(organizer.post("/roles", own, 403)) == "NotToOneself"
    ending = organizer.post(f"/roles/{granted['id']}/end", {"reason": "over"}, 201).json()
    suspended = organizer.post(f"/roles/{granted['id']}/suspension", {"reason": "at once"}, 201).json()
    assert suspended["id"] == granted["id"] and organizer.get("/roles").json()["items"]
    with transaction() as session:
        decide(session, ending["id"], approve=True, by=session.merge(second), reason="right")
    assert problem(organizer.post(f"/roles/{granted['id']}/end", {"reason": "over"}, 404)) == "NoSuchGrant"
