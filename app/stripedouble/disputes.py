"""Disputes: a cardholder takes money back, evidence is sent, the bank decides."""

from app.stripedouble import balance
from app.stripedouble.books import DAY, Books, due
from app.stripedouble.customers import merged
from app.stripedouble.errors import Thing, invalid
from app.stripedouble.files import EVIDENCE
from app.stripedouble.operations import listed, operation
from app.stripedouble.shapes import rendered

_EVIDENCE_DAYS = 9
_TEXT_MAX, _FILES_BYTES_MAX = 150_000, 4_500_000
_FILES = frozenset(
    ("cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation", "receipt",
     "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file")
)  # fmt: skip
OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")


def open_dispute(
    books: Books, charge: Thing, reason: str, *, amount: int | None = None, inquiry: bool = False
) -> Thing:
    """Open a dispute over a charge: the money and a fee leave the balance; an inquiry takes nothing yet."""
    now = books.clock.now()
    details = {"due_by": now + _EVIDENCE_DAYS * DAY, "has_evidence": False, "past_due": False, "submission_count": 0}
    made = books.new(
        "dispute",
        amount=charge["amount"] if amount is None else amount,
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details=details | {"enhanced_eligibility": {}},
        is_charge_refundable=inquiry,
        metadata={},
        payment_intent=charge["payment_intent"],
        payment_method_details={"type": "card", "card": {"brand": "visa", "network_reason_code": "10.4"}},
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
    )
    books.change(charge, disputed=True)
    if not inquiry:
        _move(books, made, -made["amount"], "dispute", balance.DISPUTE_FEE)
    books.happened("charge.dispute.created", made)
    if not inquiry:
        books.happened("charge.dispute.funds_withdrawn", made)
    books.later(_EVIDENCE_DAYS * DAY, pass_deadline, made["id"])
    return made


def _move(books: Books, dispute: Thing, amount: int, category: str, fee: int = 0) -> None:
    entered = balance.book(
        books,
        "adjustment",
        category,
        amount,
        dispute["currency"],
        dispute["id"],
        fee=fee,
        description=f"Chargeback {'withdrawal' if amount < 0 else 'reversal'} for {dispute['charge']}",
    )
    books.change(dispute, balance_transactions=[*dispute["balance_transactions"], rendered(entered)])


@due
def pass_deadline(books: Books, identifier: str) -> None:
    """Whoever sends no evidence in time loses."""
    dispute = books.get("dispute", identifier)
    if dispute["status"] in ("needs_response", "warning_needs_response"):
        decide(books, identifier, won=False)


@due
def win(books: Books, identifier: str) -> None:
    """The bank decides for us."""
    decide(books, identifier, won=True)


@due
def lose(books: Books, identifier: str) -> None:
    """The bank decides for the cardholder."""
    decide(books, identifier, won=False)


def decide(books: Books, identifier: str, *, won: bool) -> Thing:
    """End a dispute; the money comes back when it is won, the fee does not."""
    dispute = books.get("dispute", identifier)
    if dispute["status"] not in OPEN:
        return dispute
    before = dispute["status"]
    if before.startswith("warning"):
        books.change(dispute, status="warning_closed")
    else:
        books.change(dispute, status="won" if won else "lost")
        if won:
            _move(books, dispute, dispute["amount"], "dispute_reversal")
    books.happened("charge.dispute.closed", dispute, {"status": before})
    if dispute["status"] == "won":
        books.happened("charge.dispute.funds_reinstated", dispute)
    return dispute


@operation("GET", "/v1/disputes/{dispute}", "DisputeRetrieveParams")
def retrieve(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(books.find("dispute", identifier))


@operation("POST", "/v1/disputes/{dispute}", "DisputeUpdateParams")
def update(books: Books, params: Thing, identifier: str) -> Thing:
    dispute = books.find("dispute", identifier)
    if "evidence" in params and dispute["status"] not in ("needs_response", "warning_needs_response"):
        raise invalid(f"This dispute is already {dispute['status']}; evidence can no longer be changed.", "evidence")
    evidence = {**dispute["evidence"], **params.get("evidence", {})}
    _check(books, evidence)
    details = dispute["evidence_details"] | {"has_evidence": bool(evidence)}
    submits = "evidence" in params and params.get("submit", True)
    previous = {"status": dispute["status"], "evidence_details": dispute["evidence_details"]}
    if submits:
        details["submission_count"] += 1
        status = dispute["status"].replace("needs_response", "under_review")
        books.change(dispute, status=status, is_charge_refundable=False)
    metadata = merged(dispute["metadata"], params.get("metadata")) if "metadata" in params else dispute["metadata"]
    books.change(dispute, evidence=evidence, evidence_details=details, metadata=metadata)
    books.happened("charge.dispute.updated", dispute, previous)
    said = evidence.get("uncategorized_text", "")
    if submits and said in ("winning_evidence", "losing_evidence"):
        books.later(DAY, win if said == "winning_evidence" else lose, identifier)
    return rendered(dispute)


def _check(books: Books, evidence: Thing) -> None:
    """Evidence names files that were uploaded for it, and is no larger than banks take."""
    texts = sum(len(value) for value in evidence.values() if isinstance(value, str))
    if texts > _TEXT_MAX:
        raise invalid(f"The combined character count of the evidence ({texts}) exceeds {_TEXT_MAX}.", "evidence")
    size = 0
    for field in _FILES & evidence.keys():
        if not evidence[field]:
            continue
        file = books.find("file", evidence[field], f"evidence[{field}]")
        if file["purpose"] != EVIDENCE:
            raise invalid(f"The file {file['id']} was not uploaded as evidence.", f"evidence[{field}]")
        size += file["size"]
    if size > _FILES_BYTES_MAX:
        raise invalid("The combined size of the evidence files exceeds 4.5 MB.", "evidence")


@operation("POST", "/v1/disputes/{dispute}/close", "DisputeCloseParams")
def close(books: Books, params: Thing, identifier: str) -> Thing:
    dispute = books.find("dispute", identifier)
    if dispute["status"] not in OPEN:
        raise invalid(f"This dispute is already {dispute['status']}.")
    return rendered(decide(books, identifier, won=False))


@operation("GET", "/v1/disputes", "DisputeListParams")
def list_all(books: Books, params: Thing) -> Thing:
    asked = {name: params.get(name) for name in ("charge", "payment_intent")}
    return listed(books, "dispute", params, "/v1/disputes", asked)
