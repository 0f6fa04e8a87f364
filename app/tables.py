"""Every table of the house in one place, for migrations."""

import app.ballots.casting.models
import app.ballots.delegations.models
import app.ballots.electorate.models
import app.ballots.models
import app.ballots.motions.discussion.models
import app.ballots.motions.models
import app.ballots.proxies.models
import app.ballots.result.models
import app.ballots.secret.box.models
import app.ballots.secret.models
import app.conversion.after.models
import app.conversion.answers.models
import app.conversion.dissent.models
import app.conversion.exchange.models
import app.conversion.plan.models
import app.core.audit
import app.core.limits
import app.core.rowseals
import app.core.series
import app.core.uploads
import app.distributions.models
import app.documents.bulk.models
import app.documents.models
import app.documents.signing.models
import app.exports.models
import app.law.models
import app.ledger.closing
import app.ledger.manual.models
import app.ledger.models
import app.letters.models
import app.members.apitokens.models
import app.members.approvals.models
import app.members.models
import app.members.offices.models
import app.members.people.models
import app.members.restricting
import app.members.signin.models
import app.offers.desk.models
import app.offers.models
import app.offers.pledging.models
import app.offers.pledging.solidarity.models
import app.offers.public.counting  # hears of money wherever the tables are known
import app.offers.public.models
import app.offers.result.models
import app.offers.terms.models
import app.payments.cards.evidence.models
import app.payments.cards.hearing.models
import app.payments.cards.identity.models
import app.payments.cards.models
import app.payments.cards.payouts.models
import app.payments.cards.returning.models
import app.payments.cards.running.models
import app.payments.models
import app.payments.payouts.batches.models
import app.payments.payouts.models
import app.payments.reversing
import app.privacy.models
import app.reconciliation.closing.models
import app.reconciliation.mapping.models
import app.reconciliation.models
import app.shares.acts.models
import app.shares.importing.models
import app.shares.loans.models
import app.shares.models  # noqa: F401
from app.core.database import Base

metadata = Base.metadata
