"""Subjects: everything of a person that an act in the audit trail can be about."""

from typing import Any

from sqlalchemy import ColumnElement, Select, SelectBase, String, cast, func, literal, or_, select, union_all

from app.documents.models import Document, DocumentConcern
from app.members.models import Membership, Person
from app.offers.models import Pledge
from app.payments.models import PaymentRequest, Receipt, Refund
from app.shares.models import Lot


def subjects_of(ids: SelectBase) -> Select[str]:
    """The subjects (`kind:id`) of a person whose records have these ids: themselves, and what is theirs."""
    requests = select(PaymentRequest.id).where(PaymentRequest.person_id.in_(ids))
    memberships = select(Membership.id).where(Membership.person_id.in_(ids))
    named = select(DocumentConcern.document_id).where(DocumentConcern.person_id.in_(ids))
    found = union_all(
        _named("person", Person.id, Person.id.in_(ids)),
        _named("member", Membership.number, Membership.person_id.in_(ids)),
        _named("pledge", Pledge.id, Pledge.person_id.in_(ids)),
        _named("receipt", Receipt.id, Receipt.payment_request_id.in_(requests)),
        _named("refund", Refund.id, Refund.payment_request_id.in_(requests)),
        _named("lot", Lot.id, Lot.membership_id.in_(memberships)),
        _named("document", Document.id, or_(Document.person_id.in_(ids), Document.id.in_(named))),
    ).subquery()
    return select(found.c.subject)


def _named(kind: str, number: Any, condition: ColumnElement[bool]) -> Select[str]:
    return select(func.concat(literal(f"{kind}:"), cast(number, String)).label("subject")).where(condition)
