"""The list of everything that must always be true, in the order in which it is proved."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

import app.ballots.proofs
import app.ballots.secret.proofs
import app.conversion.proofs
import app.distributions.proofs
import app.documents.bulk.proofs
import app.documents.proofs
import app.exports.proofs
import app.ledger.proofs
import app.offers.pledging.solidarity.proofs
import app.offers.proofs
import app.offers.public.proofs
import app.payments.cards.payouts.proofs
import app.payments.cards.proofs
import app.payments.cards.returning.proofs
import app.payments.payouts.proofs
import app.payments.proofs
import app.reconciliation.closing.proofs
import app.reconciliation.proofs
import app.shares.acts.proofs
import app.shares.importing.proofs
import app.shares.loans.proofs
import app.shares.proofs
import app.tables
from app.ledger.proofs import Finding, Proof

PROOFS: list[Proof] = [
    *app.ledger.proofs.PROOFS,
    *app.shares.proofs.PROOFS,
    *app.shares.importing.proofs.PROOFS,
    *app.shares.acts.proofs.PROOFS,
    *app.shares.loans.proofs.PROOFS,
    *app.payments.proofs.PROOFS,
    *app.payments.cards.proofs.PROOFS,
    *app.payments.cards.returning.proofs.PROOFS,
    *app.payments.cards.payouts.proofs.PROOFS,
    *app.payments.payouts.proofs.PROOFS,
    *app.distributions.proofs.PROOFS,
    *app.offers.proofs.PROOFS,
    *app.offers.public.proofs.PROOFS,
    *app.offers.pledging.solidarity.proofs.PROOFS,
    *app.ballots.proofs.PROOFS,
    *app.ballots.secret.proofs.PROOFS,
    *app.conversion.proofs.PROOFS,
    *app.reconciliation.proofs.PROOFS,
    *app.reconciliation.closing.proofs.PROOFS,
    *app.documents.proofs.PROOFS,
    *app.documents.bulk.proofs.PROOFS,
    *app.exports.proofs.PROOFS,
]


def prove(session: Session) -> Iterator[tuple[Proof, Finding]]:
    """Run every proof in turn; give a session from `reading()`, so that all look at the same moment."""
    for proof in PROOFS:
        yield proof, proof.check(session)
