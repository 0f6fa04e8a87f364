"""The audit trail: every act leaves a line that says who, what and on what, and nothing about persons."""

import json
from collections import Counter

from sqlalchemy import select

from app.core import clock
from app.core.audit import AuditLine
from app.core.database import reading, transaction
from app.documents.filing import file_certificate, read_document
from app.members.roles import end_role, grant_role, standing_grants
from app.members.signing_in import link_path, new_link, sign_out, use_link
from app.offers.closing import cancel_offer, close_offer
from app.offers.drafting import change_draft, draft_offer, open_offer
from app.offers.models import Pledge
from app.offers.pledging import withdraw_pledge
from app.payments.receiving import record_receipt
from app.payments.refunding import pay_refund, unpaid_refunds
from app.shares.models import Lot
from tests import make


def the_whole_story() -> tuple[int, int]:
    """Everything that is audited happens once or more; the organizer and the treasurer who do it."""
    with transaction() as session:
        organizer, treasurer = make.staff(session, "organizer"), make.staff(session, "treasurer")
        grant_role(session, treasurer, "auditor", by=organizer, reason="elected")
        end_role(session, standing_grants(session)[-1].id, by=organizer, reason="one office each")
        cookie, _ = use_link(session, link_path(new_link(session, organizer)).removeprefix("/sign-in/"))
        sign_out(session, cookie)

        by, terms = organizer.id, make.terms(session)
        draft_offer(session, make.SLUG, terms, by=by)
        change_draft(session, make.SLUG, terms, by=by)
        open_offer(session, make.SLUG, by=by, reason="approved")
        draft_offer(session, "second", terms, by=by)
        cancel_offer(session, "second", by=by, reason="not needed")

        pledges = [make.pledge(session, email=f"{name}@example.org") for name in ("maya", "wei", "omar")]
        for pledge in pledges:
            record_receipt(session, make.bank_line(pledge.request, pledge.amount), by=treasurer.id)
        withdraw_pledge(session, pledges[2].public_id, by=pledges[2].person, reason="I am moving to Lyon")
        pay_refund(session, unpaid_refunds(session)[0].id, paid_on=clock.today(), bank_reference="OUT", by=treasurer.id)
        make.settle(session, close_offer(session, make.SLUG, by=by, reason="the target is paid"))
        holder = session.get_one(Pledge, pledges[0].id).person
        document = file_certificate(session, session.scalars(select(Lot.id)).first())
        read_document(session, document.number, by=holder)
    return organizer.id, treasurer.id


def test_every_act_leaves_a_line_with_who_what_and_on_what_and_nothing_about_persons(database):
    organizer, treasurer = the_whole_story()
    with reading() as session:
        lines = list(session.scalars(select(AuditLine).order_by(AuditLine.id)))
    assert Counter(line.tag for line in lines) == {
        "role:granted": 3, "role:ended": 1, "session:opened": 1, "session:revoked": 1,
        "person:particulars-recorded": 5, "offer:drafted": 2, "offer:changed": 1, "offer:opened": 1,
        "offer:cancelled": 1, "offer:closed": 1, "offer:result-approved": 1,
        "pledge:made": 3, "pledge:confirmed": 3, "pledge:withdrawn": 1,
        "receipt:recorded": 3, "refund:due": 1, "refund:paid": 1, "member:entered": 2, "shares:allotted": 2,
        "document:filed": 1, "document:read": 1,
    }  # fmt: skip

    def told(tag: str) -> list[tuple[int | None, str, str | None]]:
        return [(line.actor_id, line.subject, line.reason) for line in lines if line.tag == tag]

    assert told("offer:opened") == [(organizer, "offer:1", "approved")]
    assert told("offer:closed") == [(organizer, "offer:1", "the target is paid")]
    assert told("offer:cancelled") == [(organizer, "offer:2", "not needed")]
    assert told("role:granted")[-1] == (organizer, f"person:{treasurer}", "elected")
    assert told("role:ended") == [(organizer, f"person:{treasurer}", "one office each")]
    assert told("receipt:recorded") == [(treasurer, f"receipt:{number}", None) for number in (1, 2, 3)]
    assert told("refund:paid") == [(treasurer, "refund:1", None)]
    assert told("shares:allotted") == [(None, "lot:1", "subscription"), (None, "lot:2", "subscription")]
    assert told("member:entered") == [(None, "member:1", "subscription"), (None, "member:2", "subscription")]
    for number, (actor, subject, _) in enumerate(told("pledge:confirmed"), 1):
        assert (actor is not None, subject) == (True, f"pledge:{number}")

    for line in lines:
        said = json.dumps(line.details, ensure_ascii=False) + line.subject
        for personal in ("@", "Maya", "Whitfield", "Adeline", "Oakland", "94607", "Lyon", "The treasurer"):
            assert personal not in said, f"{line.tag} tells {said}"
        assert line.at.utcoffset().total_seconds() == 0
    assert [line.details["amount_cents"] for line in lines if line.tag == "receipt:recorded"] == [2_300_00] * 3
