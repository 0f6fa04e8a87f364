"""What the columns of the file of personal data are called for people; internal numbers are for the JSON only."""

from datetime import datetime
from typing import Any

from app.core.errors import N_

LABELS: dict[str, str] = {
    "accepted_at": N_("accepted"),
    "accredited": N_("accredited investor"),
    "act": N_("act"),
    "added_at": N_("added"),
    "allotted_on": N_("allotted on"),
    "amount_cents": N_("amount in hundredths"),
    "applied_at": N_("applied"),
    "approved": N_("approved"),
    "asked_at": N_("asked for"),
    "at": N_("when"),
    "bank_reference": N_("reference of the bank"),
    "bank_code": N_("code of the bank"),
    "basis": N_("basis"),
    "bic": N_("BIC"),
    "born_on": N_("birth date"),
    "bought_12m_cents": N_("bought elsewhere in twelve months, in hundredths"),
    "browser": N_("browser"),
    "capacity": N_("capacity"),
    "ceased_on": N_("ceased on"),
    "certificate_number": N_("number of the certificate"),
    "connected_at": N_("connected"),
    "country": N_("country"),
    "created_at": N_("made"),
    "currency": N_("currency"),
    "decided_at": N_("decided"),
    "declared_at": N_("declared"),
    "delete_after": N_("to be deleted after"),
    "details": N_("details"),
    "died_on": N_("died on"),
    "document": N_("document"),
    "door": N_("from where"),
    "due_at": N_("due since"),
    "email": N_("e-mail address"),
    "ended_at": N_("ended"),
    "ended_on": N_("ended on"),
    "entered_on": N_("entered on"),
    "erased": N_("erased"),
    "expires_at": N_("expires"),
    "expires_on": N_("expires on"),
    "facts": N_("contents"),
    "filed_at": N_("filed"),
    "given": N_("given"),
    "granted": N_("granted"),
    "granted_at": N_("granted on"),
    "grounds": N_("grounds"),
    "heard_on": N_("hearing on"),
    "holder_kind": N_("kind of holder"),
    "holder_name": N_("holder of the account"),
    "how": N_("how"),
    "income_cents": N_("income in hundredths"),
    "issued_by": N_("issued by"),
    "issuer": N_("issuer"),
    "kept": N_("kept"),
    "kind": N_("kind"),
    "label": N_("label"),
    "language": N_("language"),
    "last_used_on": N_("last used on"),
    "leads_to": N_("leads to"),
    "legal_name": N_("legal name"),
    "locality": N_("town"),
    "made_at": N_("made"),
    "merged_at": N_("merged"),
    "lowered_at": N_("lowered"),
    "name": N_("name"),
    "net_worth_cents": N_("net worth in hundredths"),
    "network": N_("network"),
    "noticed_on": N_("notice sent on"),
    "number": N_("number"),
    "opened_at": N_("opened"),
    "paid_cents": N_("paid in hundredths"),
    "paid_on": N_("paid on"),
    "payer_name": N_("payer"),
    "payload": N_("values"),
    "portion": N_("portion"),
    "position": N_("position"),
    "postal_code": N_("postal code"),
    "price_cents": N_("price of a share in hundredths"),
    "proposed_at": N_("proposed"),
    "purpose": N_("purpose"),
    "purposes": N_("purposes"),
    "reason": N_("reason"),
    "received_on": N_("received on"),
    "reconfirmed_at": N_("confirmed again"),
    "recorded_at": N_("recorded"),
    "reference": N_("reference"),
    "region": N_("region"),
    "registration_number": N_("registration number"),
    "removed_at": N_("removed"),
    "requested_at": N_("asked for"),
    "restricted_at": N_("restricted"),
    "revoked_at": N_("revoked"),
    "role": N_("role"),
    "scheme": N_("kind of account"),
    "scopes": N_("scopes"),
    "seen_at": N_("seen"),
    "seen_on": N_("seen on"),
    "sent_at": N_("sent"),
    "shares": N_("shares"),
    "shown_name": N_("name of the file"),
    "size_bytes": N_("size in bytes"),
    "source": N_("cause"),
    "state": N_("state"),
    "statement": N_("statement"),
    "street_lines": N_("street"),
    "subject": N_("about"),
    "system": N_("system"),
    "tag": N_("act"),
    "tax_number": N_("tax number"),
    "text_version": N_("version of the text"),
    "to_address": N_("sent to"),
    "to_state": N_("new state"),
    "undone_at": N_("undone"),
    "uploaded_at": N_("uploaded"),
    "usable_from": N_("used from"),
    "used_at": N_("used"),
    "used_on": N_("used on"),
    "valid_from": N_("valid from"),
    "valid_until": N_("valid until"),
    "value": N_("value"),
    "written_at": N_("written"),
}


def labelled(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts for reading: each row as pairs of a label (an English message) and text; empty values are left out."""
    return [
        part
        | {
            "rows": [
                [(LABELS[name], _text(value)) for name, value in row.items() if _shown(name, value)]
                for row in part["rows"]
            ]
        }
        for part in parts
    ]


def _shown(name: str, value: Any) -> bool:
    return name in LABELS and value not in (None, "", [], {})


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_text(inner)}" for name, inner in value.items())
    return _moment(value) if isinstance(value, str) and value[10:11] == "T" else str(value)


def _moment(text: str) -> str:
    """A moment without its fractions of a second, as everyone can read it."""
    try:
        return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S UTC")
    except ValueError:
        return text
