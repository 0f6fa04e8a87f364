"""Acts on shares on pages: previewed, proposed, approved by another person; members ask on their own page."""

import re
from uuid import uuid4

import pytest

from app.core import clock
from app.core.database import transaction
from app.members.models import Membership
from app.shares.acts.deciding import KINDS
from app.shares.holding import lots_of
from tests import make
from tests.exports.test_trail import browser
from tests.shares.acts.making import days_ago, two_members, write


def send(client, page, path, **fields):
    ticket = re.search(r'name="csrf" value="([^"]*)"', client.get(page).text)
    assert ticket is not None, page
    return client.post(path, data={"csrf": ticket[1], **fields}, follow_redirects=True)


@pytest.fixture
def house(database):
    with transaction() as session:
        maya, wei, lot = two_members(session, 10, on=days_ago(9))
        write(session, lot.share_class, legends=("Not registered",), nominal_cents=23_00)
        staff = [make.staff(session, role) for role in ("organizer", "secretary", "treasurer")]
        return {"maya": maya, "wei": wei, "people": [maya.person, wei.person, *staff]}


def test_a_transfer_is_asked_for_agreed_to_carried_out_and_reversed(house, monkeypatch):
    maya, wei, organizer, secretary, _ = [browser(person, monkeypatch) for person in house["people"]]
    answer = send(
        maya, "/me/shares", "/me/shares/transfers", class_code="A", shares="4", email="wei@example.org", way="sale",
        price="100", form_key=str(uuid4()),
    )  # fmt: skip
    assert "Asked for." in answer.text
    assert "You agreed by asking" in send(maya, "/me/shares", "/me/shares/transfers/1/consent").text
    assert "You agreed." in send(wei, "/me/shares", "/me/shares/transfers/1/consent").text
    link = re.search(r'href="(/desk/shares/new/transfer\?[^"]*)"', organizer.get("/desk/shares/queue").text)
    assert link is not None
    shown = organizer.get(link[1].replace("&amp;", "&")).text
    typed = dict(re.findall(r'name="([a-z_]+)" type="[a-z]+" value="([^"]*)"', shown))
    typed |= {"class_code": "A", "way": "sale", "reason": "agreed", "form_key": str(uuid4())}
    page = "/desk/shares/new/transfer"
    preview = send(organizer, page, page, do="preview", **typed)
    assert "Nothing is done yet" in preview.text and "Wei Zhang" in preview.text
    with transaction() as session:
        assert lots_of(session, [house["wei"].id]) == []
    assert "Proposed." in send(organizer, page, page, **typed).text
    answer = send(secretary, "/desk/approvals", "/desk/approvals/1/approval", reason="seen")
    assert "Approved and done." in answer.text
    with transaction() as session:
        assert [lot.shares for lot in lots_of(session, [house["wei"].id])] == [4]
    assert "Requests for transfers" in organizer.get("/desk/shares/queue").text
    act = re.search(r"/desk/shares/acts/([0-9]+)", organizer.get("/desk/shares").text)[1]
    assert "Wei Zhang" in organizer.get(f"/desk/shares/acts/{act}").text
    page = "/desk/shares/new/reversal"
    today = clock.today().isoformat()
    send(organizer, page, page, act=act, on=today, reason="wrong", form_key=str(uuid4()))
    send(secretary, "/desk/approvals", "/desk/approvals/2/approval", reason="seen")
    with transaction() as session:
        wei_member = session.get_one(Membership, house["wei"].id)
        assert lots_of(session, [wei_member.id]) == []
    assert "reversed by" in organizer.get("/desk/shares").text


def test_a_withdrawal_is_redeemed_and_paid_by_the_treasurer(house, monkeypatch):
    maya, _, organizer, secretary, treasurer = [browser(person, monkeypatch) for person in house["people"]]
    send(maya, "/me/shares", "/me/shares/withdrawals", class_code="A", shares="3", form_key=str(uuid4()))
    assert "Withdrawals in the queue" in maya.get("/me/shares").text
    page, today = "/desk/shares/new/redemption-queue", clock.today().isoformat()
    send(organizer, page, page, class_code="A", on=today, reason="board", form_key=str(uuid4()))
    send(secretary, "/desk/approvals", "/desk/approvals/1/approval", reason="seen")
    assert "$69.00" in treasurer.get("/desk/payouts").text
    path = re.search(r'action="(/desk/payouts/[0-9]+/payment)"', treasurer.get("/desk/payouts").text)[1]
    assert "recorded as paid" in send(treasurer, "/desk/payouts", path, paid_on=today, bank_reference="L1").text


def test_every_form_and_list_is_shown_and_refuses_at_its_fields(house, monkeypatch):
    organizer = browser(house["people"][2], monkeypatch)
    for path in ("", "/queue", "/classes", "/charges", "/loans"):
        assert organizer.get(f"/desk/shares{path}").status_code == 200
    assert "liability" in organizer.get("/desk/shares/classes").text
    terms = organizer.get("/desk/shares/new/terms?class_code=A&purpose=Another").text  # what holds, to change a part of
    assert all(said in terms for said in ('value="23.00"', 'value="Another"', "Not registered</textarea>"))
    for name in KINDS:
        page = f"/desk/shares/new/{name}"
        assert organizer.get(page).status_code == 200
        assert send(organizer, page, page, form_key=str(uuid4())).status_code == 422
    assert organizer.get("/desk/shares/new/nothing").status_code == 404
