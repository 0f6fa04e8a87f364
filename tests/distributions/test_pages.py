"""The desk of distributions from the form to the member's page, as people in the browser meet it."""

import os
import re
from pathlib import Path
from uuid import uuid4

from app.core import clock
from app.core.database import transaction
from tests import make
from tests.distributions.making import YEAR
from tests.exports.test_trail import browser

DESK = "/desk/distributions"
TYPED = {
    "title": "Patronage of last year", "currency": "EUR", "period_from": f"{YEAR}-01-01", "period_to": f"{YEAR}-12-31",
    "amount": "1,000.00", "pools": "royalties 90\nwork 10", "cash": "30", "withhold_from": "nobody", "law": "",
    "notice": "", "into_class": "", "reason": "general meeting",
}  # fmt: skip


def send(client, page, path, files=None, **fields):
    ticket = re.search(r'name="csrf" value="([^"]*)"', client.get(page).text)
    assert ticket is not None, page
    return client.post(path, data={"csrf": ticket[1], **fields}, files=files, follow_redirects=True)


def keep(name, answer):
    """The page as a file, where a folder for looking at it is given."""
    if os.environ.get("LOOK_AT"):
        (Path(os.environ["LOOK_AT"]) / f"{name}.html").write_text(answer.text)


def test_a_refund_is_drafted_looked_at_approved_and_found_by_the_member(database, monkeypatch):
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Chen")
        numbers = (maya.number, wei.number)
        people = [maya.person, make.staff(session, "treasurer"), make.staff(session, "organizer")]
    member, treasurer, organizer = [browser(person, monkeypatch) for person in people]
    new, today = f"{DESK}/new/patronage", clock.today().isoformat()
    typed = TYPED | {"declared_on": today, "payable_on": today, "form_key": str(uuid4())}
    keep("form", treasurer.get(new))

    wrong = basis(f"{numbers[0]},royalties,-5", "999,work,1")
    answer = send(treasurer, new, new, wrong, **typed)
    assert answer.status_code == 422 and "is below zero" in answer.text and "There is no member no." in answer.text
    keep("wrong", answer)
    right = basis(f"{numbers[0]},royalties,100.5", f"{numbers[1]},royalties,200", f"{numbers[1]},work,1")
    answer = send(treasurer, new, new, right, **typed | {"cash": "101"})
    assert answer.status_code == 422 and "is not a percentage" in answer.text
    answer = send(treasurer, new, new, right, **typed)
    assert "€1,000.00" in answer.text and "€301.00" in answer.text and "Wei Chen" in answer.text
    keep("preview", answer)
    draft = f"{DESK}/drafts/1"
    sha = re.search(r'name="list_sha256" value="([0-9a-f]{64})"', answer.text)
    assert "has changed" in send(treasurer, draft, f"{draft}/proposal", list_sha256="0" * 64).text
    assert "Proposed." in send(treasurer, draft, f"{draft}/proposal", list_sha256=sha[1]).text
    assert "Approved and done." in send(organizer, "/desk/approvals", "/desk/approvals/1/approval", reason="ok").text

    answer = treasurer.get(DESK)
    keep("index", answer)
    one = re.search(rf'href="({DESK}/[0-9]+)"', answer.text)[1]
    shown = treasurer.get(one)
    keep("declared", shown)
    assert "€699.00" in shown.text and "not yet" in shown.text
    own = member.get("/me/distributions")
    keep("own", own)
    assert "€301.00" in own.text and "€699.00" not in own.text
    answer = send(treasurer, DESK, f"{DESK}/tax-summary", year=str(clock.today().year))
    assert answer.text.count("\r\n") == 3 and ",90.30," in answer.text
    wanted = {"percent": "50", "member": "", "payable_on": today, "reason": "revolving", "form_key": str(uuid4())}
    assert "is not a percentage" in send(organizer, one, f"{one}/redemptions", **wanted | {"percent": "x"}).text
    assert "Proposed." in send(organizer, one, f"{one}/redemptions", **wanted).text
    send(treasurer, "/desk/approvals", "/desk/approvals/2/approval", reason="yes")
    shown, own = treasurer.get(one), member.get("/me/distributions")
    keep("redeemed", shown)
    keep("own-redeemed", own)
    assert "€350.00" in shown.text and "€105.35" in own.text
    undoing = re.search(rf'action="({DESK}/redemptions/[0-9]+/reversal)"', shown.text)[1]
    assert "Proposed." in send(organizer, one, undoing, reason="too early").text
    send(treasurer, "/desk/approvals", "/desk/approvals/3/approval", reason="yes")
    assert "Proposed." in send(organizer, one, f"{one}/reversal", reason="wrong file").text
    answer = send(treasurer, "/desk/approvals", "/desk/approvals/4/approval", reason="yes")
    assert "reversed" in treasurer.get(one).text


def basis(*lines):
    text = "\n".join(["member_number,business,amount", *lines, ""])
    return {"basis": ("basis.csv", text.encode(), "text/csv")}
