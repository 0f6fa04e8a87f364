"""Verification sessions: a person shows a document on a page of the double, which believes it or asks again."""

from app.stripedouble.books import Books
from app.stripedouble.customers import merged
from app.stripedouble.errors import Thing, invalid
from app.stripedouble.operations import listed, operation
from app.stripedouble.shapes import rendered

REASONS = {
    "document_expired": "The document has expired.",
    "document_type_not_supported": "The type of document is not taken.",
    "document_unverified_other": "The document could not be verified.",
    "selfie_face_mismatch": "The face on the selfie is not that of the document.",
    "consent_declined": "The person did not consent to the check.",
    "abandoned": "The person left the page.",
}


@operation("POST", "/v1/identity/verification_sessions", "identity.VerificationSessionCreateParams")
def create(books: Books, params: Thing) -> Thing:
    if "type" not in params:
        raise invalid("Missing required param: type.", "type", "parameter_missing")
    kept = ("client_reference_id", "related_customer", "provided_details")
    made = books.new(
        "identity.verification_session",
        metadata=merged(None, params.get("metadata")),
        options=params.get("options", {"document": {}}),
        status="requires_input",
        type=params["type"],
        **{name: params[name] for name in kept if name in params},
    )
    books.change(made, url=f"{books.base()}/verify/{made['id']}", client_secret=f"{made['id']}_secret_test")
    books.hidden[made["id"]] = {"return_url": params.get("return_url"), "verified_outputs": None}
    books.happened("identity.verification_session.created", made)
    return rendered(made)


def decide(books: Books, session: Thing, outputs: Thing | None, reason: str | None = None) -> None:
    """Believe the document (`outputs` are what it says), or ask again with a reason."""
    if session["status"] != "requires_input":
        return
    books.change(session, status="processing")
    books.happened("identity.verification_session.processing", session)
    good = reason is None
    said = {"code": reason, "reason": REASONS[reason]} if reason else None
    document: Thing = {"status": "verified" if good else "unverified", "error": said, "type": "passport", "files": []}
    document |= {name: (outputs or {}).get(name) for name in ("first_name", "last_name", "dob", "address")}
    report = books.new(
        "identity.verification_report",
        type=session["type"],
        verification_session=session["id"],
        client_reference_id=session.get("client_reference_id"),
        document=document,
        options=session["options"],
    )
    books.hidden[session["id"]]["verified_outputs"] = outputs if good else None
    books.change(
        session, status="verified" if good else "requires_input", last_error=said, last_verification_report=report["id"]
    )
    if good:
        books.change(session, url=None, client_secret=None)
    books.happened(f"identity.verification_session.{session['status']}", session)


def _found(books: Books, identifier: str) -> Thing:
    return books.find("identity.verification_session", identifier, "session")


@operation("GET", "/v1/identity/verification_sessions/{session}", "identity.VerificationSessionRetrieveParams")
def retrieve(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(_found(books, identifier))


@operation("POST", "/v1/identity/verification_sessions/{session}", "identity.VerificationSessionUpdateParams")
def update(books: Books, params: Thing, identifier: str) -> Thing:
    session = _found(books, identifier)
    return rendered(books.change(session, metadata=merged(session["metadata"], params.get("metadata"))))


@operation("POST", "/v1/identity/verification_sessions/{session}/cancel", "identity.VerificationSessionCancelParams")
def cancel(books: Books, params: Thing, identifier: str) -> Thing:
    session = _found(books, identifier)
    if session["status"] != "requires_input":
        raise invalid(f"A verification session that is {session['status']} cannot be canceled.")
    books.change(session, status="canceled", url=None, client_secret=None)
    books.happened("identity.verification_session.canceled", session)
    return rendered(session)


@operation("POST", "/v1/identity/verification_sessions/{session}/redact", "identity.VerificationSessionRedactParams")
def redact(books: Books, params: Thing, identifier: str) -> Thing:
    session = _found(books, identifier)
    if session["status"] == "processing":
        raise invalid("A verification session that is processing cannot be redacted.")
    books.hidden[identifier]["verified_outputs"] = None
    if session.get("last_verification_report"):
        report = books.get("identity.verification_report", session["last_verification_report"])
        gone = {"first_name": "[redacted]", "last_name": "[redacted]", "dob": None, "address": None}
        books.change(report, document=report["document"] | gone)
    books.change(session, redaction={"status": "redacted"}, provided_details=None, metadata={}, url=None)
    books.happened("identity.verification_session.redacted", session)
    return rendered(session)


@operation("GET", "/v1/identity/verification_sessions", "identity.VerificationSessionListParams")
def list_all(books: Books, params: Thing) -> Thing:
    asked = {name: params.get(name) for name in ("status", "client_reference_id")}
    return listed(books, "identity.verification_session", params, "/v1/identity/verification_sessions", asked)


@operation("GET", "/v1/identity/verification_reports/{report}", "identity.VerificationReportRetrieveParams")
def report(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(books.find("identity.verification_report", identifier, "report"))
