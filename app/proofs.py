"""The list of everything that must always be true, in the order in which it is proved."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

import app.ballots.delegations.proofs
import app.ballots.motions.proofs
import app.ballots.proofs
import app.ballots.proxies.proofs
import app.ballots.secret.proofs
import app.conversion.proofs
import app.distributions.proofs
import app.documents.bulk.proofs
import app.documents.confirming.proofs
import app.documents.proofs
import app.exports.proofs
import app.ledger.manual.proofs
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
from app.core.database import reading
from app.ledger.proofs import Finding, Proof
from app.letters.writing import write
from app.members.roles import Role, people_in

TOLD = (Role.TREASURER, Role.AUDITOR, Role.ORGANIZER)
TOLD_MOST = 5  # lines of each failed proof that a letter tells

PROOFS: list[Proof] = [
    *app.ledger.proofs.PROOFS,
    *app.ledger.manual.proofs.PROOFS,
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
    *app.ballots.motions.proofs.PROOFS,
    *app.ballots.proxies.proofs.PROOFS,
    *app.ballots.delegations.proofs.PROOFS,
    *app.ballots.secret.proofs.PROOFS,
    *app.conversion.proofs.PROOFS,
    *app.reconciliation.proofs.PROOFS,
    *app.reconciliation.closing.proofs.PROOFS,
    *app.documents.proofs.PROOFS,
    *app.documents.confirming.proofs.PROOFS,
    *app.documents.bulk.proofs.PROOFS,
    *app.exports.proofs.PROOFS,
]


def prove(session: Session) -> Iterator[tuple[Proof, Finding]]:
    """Run every proof in turn; give a session from `reading()`, so that all look at the same moment."""
    for proof in PROOFS:
        yield proof, proof.check(session)


def prove_nightly(session: Session) -> int:
    """Run every proof on one snapshot, and write to who keeps and reads the books only when one fails; how many do."""
    with reading() as snapshot:
        failed = [(proof, finding) for proof, finding in prove(snapshot) if not finding.holds]
    if failed:
        tell(session, failed)
    return len(failed)


def tell(session: Session, failed: Sequence[tuple[Proof, Finding]]) -> int:
    """Write what failed to every treasurer, auditor and organizer; to how many."""
    said = [
        {"proof": proof.name, "figure": finding.figure, "wrong": list(finding.wrong[:TOLD_MOST])}
        for proof, finding in failed
    ]
    people = {person.id: person for role in TOLD for person in people_in(session, role)}
    for person in people.values():
        write(session, "proofs-failed", person.email, person.language, person_id=person.id, failed=said)
    return len(people)
