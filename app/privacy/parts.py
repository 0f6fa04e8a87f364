"""Which tables hold something about a person, and how its rows are found; `left_out` names the others.

A test holds this list against all tables, so that a new one cannot be forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, SelectBase, func, or_, select

from app.core.audit import AuditLine
from app.core.database import Base
from app.core.errors import N_
from app.core.uploads import Upload
from app.documents.models import Document, DocumentConcern, DocumentEmptied, DocumentFile
from app.documents.signing.models import DocumentSignatory, DocumentSignature
from app.documents.subjects import subjects_of
from app.letters.models import Letter, LetterPosted, LetterSent
from app.members.apitokens.models import ApiToken
from app.members.approvals.models import Decision, Proposal
from app.members.models import (
    Membership,
    MembershipEnd,
    Particulars,
    Person,
    RoleEnd,
    RoleGrant,
    RoleSuspension,
    SignedIn,
    SignInLink,
)
from app.members.people import models as people
from app.members.restricting import Restriction
from app.members.signin import models as signin
from app.offers.desk.models import ImportedPledge, PledgeNote, Reminder
from app.offers.models import Pledge, PledgeMove
from app.offers.pledging.models import EntryTest, PledgeConsent, PledgePrivate
from app.offers.pledging.solidarity.models import (
    SolidarityComeback,
    SolidarityGift,
    SolidarityGrant,
    SolidarityPart,
    SolidarityRequest,
)
from app.offers.public.models import Answer as OfferAnswer
from app.offers.public.models import Question as OfferQuestion
from app.offers.terms.models import PledgeReconfirmation
from app.payments.cards.identity.models import IdentityVisit
from app.payments.models import (
    Instalment,
    PaymentCarry,
    PaymentRequest,
    PaymentRequestAmount,
    PaymentRequestEnd,
    Receipt,
    Refund,
    RefundPayment,
)
from app.privacy.ballot_parts import BALLOT_PARTS
from app.privacy.bank_parts import BANK_PARTS
from app.privacy.card_parts import CARD_PARTS
from app.privacy.models import Consent, ErasureDecision, ErasureRequest, PersonalFile
from app.privacy.motion_parts import MOTION_PARTS
from app.privacy.share_parts import SHARE_PARTS
from app.shares.importing.models import ImportedHolding
from app.shares.models import Lot

Ids = SelectBase


@dataclass(frozen=True)
class Part:
    """One table of the file: its heading, which rows are about the person, and columns that are secrets."""

    title: str
    table: type[Base]
    rows: Callable[[Ids], ColumnElement[bool]]
    hidden: frozenset[str] = frozenset()


def _memberships(ids: Ids) -> Select[int]:
    return select(Membership.id).where(Membership.person_id.in_(ids))


def _requests(ids: Ids) -> Select[int]:
    return select(PaymentRequest.id).where(PaymentRequest.person_id.in_(ids))


def _pledges(ids: Ids) -> Select[int]:
    return select(Pledge.id).where(or_(Pledge.person_id.in_(ids), func.lower(Pledge.email).in_(_emails(ids))))


def _documents(ids: Ids) -> Select[int]:
    named = select(DocumentConcern.document_id).where(DocumentConcern.person_id.in_(ids))
    return select(Document.id).where(or_(Document.person_id.in_(ids), Document.id.in_(named)))


def _ids_of(table: Any, column: Any, ids: Ids) -> Select[int]:
    return select(table.id).where(column.in_(ids))


def _letters(ids: Ids) -> Select[int]:
    own = select(func.lower(Person.email)).where(Person.id.in_(ids))
    return select(Letter.id).where(or_(Letter.person_id.in_(ids), func.lower(Letter.to_address).in_(own)))


def _emails(ids: Ids) -> Any:
    return select(func.lower(Person.email)).where(Person.id.in_(ids))


def _about(ids: Ids) -> Any:
    return select(func.concat("person:", Person.id)).where(Person.id.in_(ids))


PARTS: list[Part] = [
    Part(N_("Person"), Person, lambda ids: Person.id.in_(ids)),
    Part(N_("Names and addresses"), Particulars, lambda ids: Particulars.person_id.in_(ids)),
    Part(N_("Contacts"), people.Contact, lambda ids: people.Contact.person_id.in_(ids)),
    Part(N_("Birth date and tax number"), people.PersonPrivate, lambda ids: people.PersonPrivate.person_id.in_(ids)),
    Part(
        N_("Income and net worth declared"),
        people.PersonDeclaration,
        lambda ids: people.PersonDeclaration.person_id.in_(ids),
    ),
    Part(N_("Bank details"), people.PersonBankAccount, lambda ids: people.PersonBankAccount.person_id.in_(ids)),
    Part(N_("Identity checks"), people.IdentityCheck, lambda ids: people.IdentityCheck.person_id.in_(ids)),
    Part(
        N_("Identity checks online"),
        people.OnlineIdentityCheck,
        lambda ids: people.OnlineIdentityCheck.person_id.in_(ids),
    ),
    Part(N_("Visits to an identity check"), IdentityVisit, lambda ids: IdentityVisit.person_id.in_(ids)),
    Part(
        N_("Who acts for whom"),
        people.Representation,
        lambda ids: or_(people.Representation.person_id.in_(ids), people.Representation.holder_id.in_(ids)),
    ),
    Part(
        N_("Ends of acting for somebody"),
        people.RepresentationEnd,
        lambda ids: people.RepresentationEnd.representation_id.in_(
            select(people.Representation.id).where(
                or_(people.Representation.person_id.in_(ids), people.Representation.holder_id.in_(ids))
            )
        ),
    ),
    Part(N_("Estate"), people.Estate, lambda ids: people.Estate.person_id.in_(ids)),
    Part(N_("Heirs"), people.Heir, lambda ids: or_(people.Heir.heir_id.in_(ids), people.Heir.estate_id.in_(ids))),
    Part(
        N_("Records found to be one person"),
        people.PersonMerge,
        lambda ids: or_(people.PersonMerge.survivor_id.in_(ids), people.PersonMerge.absorbed_id.in_(ids)),
    ),
    Part(
        N_("Merges undone"),
        people.PersonUnmerge,
        lambda ids: people.PersonUnmerge.merge_id.in_(
            select(people.PersonMerge.id).where(
                or_(people.PersonMerge.survivor_id.in_(ids), people.PersonMerge.absorbed_id.in_(ids))
            )
        ),
    ),
    Part(N_("Applications for membership"), people.Application, lambda ids: people.Application.person_id.in_(ids)),
    Part(
        N_("Decisions on applications"),
        people.ApplicationDecision,
        lambda ids: people.ApplicationDecision.application_id.in_(
            _ids_of(people.Application, people.Application.person_id, ids)
        ),
    ),
    Part(N_("Memberships"), Membership, lambda ids: Membership.person_id.in_(ids)),
    Part(N_("Ends of membership"), MembershipEnd, lambda ids: MembershipEnd.membership_id.in_(_memberships(ids))),
    Part(N_("Expulsions"), people.Expulsion, lambda ids: people.Expulsion.membership_id.in_(_memberships(ids))),
    Part(N_("Roles"), RoleGrant, lambda ids: RoleGrant.person_id.in_(ids)),
    Part(
        N_("Suspensions of roles"),
        RoleSuspension,
        lambda ids: or_(
            RoleSuspension.suspended_by.in_(ids),
            RoleSuspension.grant_id.in_(_ids_of(RoleGrant, RoleGrant.person_id, ids)),
        ),
    ),
    Part(N_("Ends of roles"), RoleEnd, lambda ids: RoleEnd.grant_id.in_(_ids_of(RoleGrant, RoleGrant.person_id, ids))),
    Part(N_("Consents"), Consent, lambda ids: Consent.person_id.in_(ids)),
    Part(
        N_("Pledges"),
        Pledge,
        lambda ids: or_(Pledge.person_id.in_(ids), func.lower(Pledge.email).in_(_emails(ids))),
        frozenset({"form_key"}),
    ),
    Part(
        N_("What happened to pledges"),
        PledgeMove,
        lambda ids: PledgeMove.pledge_id.in_(_ids_of(Pledge, Pledge.person_id, ids)),
    ),
    Part(
        N_("Pledges confirmed again under changed terms"),
        PledgeReconfirmation,
        lambda ids: PledgeReconfirmation.pledge_id.in_(_ids_of(Pledge, Pledge.person_id, ids)),
    ),
    Part(
        N_("What you agreed to with pledges"),
        PledgeConsent,
        lambda ids: PledgeConsent.pledge_id.in_(_pledges(ids)),
    ),
    Part(
        N_("Gifts to solidarity funds"),
        SolidarityGift,
        lambda ids: or_(SolidarityGift.person_id.in_(ids), func.lower(SolidarityGift.email).in_(_emails(ids))),
        frozenset({"form_key"}),
    ),
    Part(
        N_("What solidarity funds took of gifts"),
        SolidarityPart,
        lambda ids: SolidarityPart.gift_id.in_(_ids_of(SolidarityGift, SolidarityGift.person_id, ids)),
    ),
    Part(
        N_("Requests to solidarity funds"),
        SolidarityRequest,
        lambda ids: SolidarityRequest.person_id.in_(ids),
    ),
    Part(
        N_("What solidarity funds paid for you"),
        SolidarityGrant,
        lambda ids: SolidarityGrant.pledge_id.in_(_pledges(ids)),
    ),
    Part(
        N_("What went back to solidarity funds"),
        SolidarityComeback,
        lambda ids: SolidarityComeback.pledge_id.in_(_pledges(ids)),
    ),
    Part(N_("Questions on risks"), EntryTest, lambda ids: EntryTest.pledge_id.in_(_pledges(ids))),
    Part(
        N_("Answers that wait for a confirmation"),
        PledgePrivate,
        lambda ids: PledgePrivate.pledge_id.in_(_pledges(ids)),
    ),
    Part(N_("Notes on pledges"), PledgeNote, lambda ids: PledgeNote.pledge_id.in_(_pledges(ids))),
    Part(N_("Pledges taken elsewhere"), ImportedPledge, lambda ids: ImportedPledge.pledge_id.in_(_pledges(ids))),
    Part(N_("Reminders"), Reminder, lambda ids: Reminder.pledge_id.in_(_pledges(ids))),
    Part(
        N_("Questions on offers"),
        OfferQuestion,
        lambda ids: OfferQuestion.person_id.in_(ids),
        frozenset({"form_key"}),
    ),
    Part(
        N_("Answers to questions on offers"),
        OfferAnswer,
        lambda ids: OfferAnswer.question_id.in_(_ids_of(OfferQuestion, OfferQuestion.person_id, ids)),
    ),
    Part(N_("Payments asked for"), PaymentRequest, lambda ids: PaymentRequest.person_id.in_(ids)),
    Part(
        N_("Parts of payments asked for"),
        Instalment,
        lambda ids: Instalment.payment_request_id.in_(_requests(ids)),
    ),
    Part(
        N_("Less asked for than at first"),
        PaymentRequestAmount,
        lambda ids: PaymentRequestAmount.payment_request_id.in_(_requests(ids)),
    ),
    Part(
        N_("Payments no longer asked for"),
        PaymentRequestEnd,
        lambda ids: PaymentRequestEnd.payment_request_id.in_(_requests(ids)),
    ),
    Part(
        N_("Money carried to another pledge"),
        PaymentCarry,
        lambda ids: PaymentCarry.from_request_id.in_(_requests(ids)),
    ),
    Part(N_("Payments"), Receipt, lambda ids: Receipt.payment_request_id.in_(_requests(ids))),
    *(Part(*found) for found in BANK_PARTS),
    Part(N_("Refunds"), Refund, lambda ids: Refund.payment_request_id.in_(_requests(ids))),
    Part(
        N_("Refunds paid"),
        RefundPayment,
        lambda ids: RefundPayment.refund_id.in_(_ids_of(Refund, Refund.payment_request_id, _requests(ids))),
    ),
    *(Part(*found) for found in CARD_PARTS),
    Part(N_("Shares"), Lot, lambda ids: Lot.membership_id.in_(_memberships(ids))),
    *(Part(*found) for found in (*SHARE_PARTS, *BALLOT_PARTS, *MOTION_PARTS)),
    Part(
        N_("Lines of an import"),
        ImportedHolding,
        lambda ids: ImportedHolding.membership_id.in_(_memberships(ids)),
        frozenset({"key", "holder_key", "digests"}),
    ),
    Part(N_("Documents"), Document, lambda ids: Document.id.in_(_documents(ids))),
    Part(N_("Documents that name others besides"), DocumentConcern, lambda ids: DocumentConcern.person_id.in_(ids)),
    Part(
        N_("Documents emptied by a decision on erasure"),
        DocumentEmptied,
        lambda ids: DocumentEmptied.document_id.in_(_documents(ids)),
    ),
    Part(N_("Later files of documents"), DocumentFile, lambda ids: DocumentFile.document_id.in_(_documents(ids))),
    Part(
        N_("Documents to sign"),
        DocumentSignatory,
        lambda ids: DocumentSignatory.person_id.in_(ids),
        frozenset({"asked_by"}),
    ),
    Part(
        N_("Signatures of documents"),
        DocumentSignature,
        lambda ids: DocumentSignature.signatory_id.in_(_ids_of(DocumentSignatory, DocumentSignatory.person_id, ids)),
    ),
    Part(
        N_("Files uploaded"), Upload, lambda ids: or_(Upload.uploaded_by.in_(ids), Upload.subject.in_(subjects_of(ids)))
    ),
    Part(N_("Letters"), Letter, lambda ids: Letter.id.in_(_letters(ids))),
    Part(N_("Letters sent"), LetterSent, lambda ids: LetterSent.letter_id.in_(_letters(ids))),
    Part(N_("Letters posted"), LetterPosted, lambda ids: LetterPosted.letter_id.in_(_letters(ids))),
    Part(N_("Sign-in links"), SignInLink, lambda ids: SignInLink.person_id.in_(ids)),
    Part(N_("Sessions"), SignedIn, lambda ids: SignedIn.person_id.in_(ids)),
    Part(N_("Known browsers"), signin.KnownDevice, lambda ids: signin.KnownDevice.person_id.in_(ids)),
    Part(N_("Passkeys"), signin.Passkey, lambda ids: signin.Passkey.person_id.in_(ids)),
    Part(
        N_("Authenticator apps"),
        signin.Authenticator,
        lambda ids: signin.Authenticator.person_id.in_(ids),
        frozenset({"secret", "last_step"}),
    ),
    Part(N_("Recovery codes"), signin.RecoveryCode, lambda ids: signin.RecoveryCode.person_id.in_(ids)),
    Part(N_("Outside accounts"), signin.OutsideAccount, lambda ids: signin.OutsideAccount.person_id.in_(ids)),
    Part(N_("Proofs from the platform"), signin.PlatformProof, lambda ids: signin.PlatformProof.person_id.in_(ids)),
    Part(N_("API tokens"), ApiToken, lambda ids: ApiToken.person_id.in_(ids), frozenset({"form_key"})),
    Part(
        N_("Proposals for a second person"),
        Proposal,
        lambda ids: or_(Proposal.proposed_by.in_(ids), Proposal.subject.in_(_about(ids))),
    ),
    Part(
        N_("Decisions on proposals"),
        Decision,
        lambda ids: or_(
            Decision.decided_by.in_(ids),
            Decision.proposal_id.in_(select(Proposal.id).where(Proposal.subject.in_(_about(ids)))),
        ),
    ),
    Part(N_("Files of personal data"), PersonalFile, lambda ids: PersonalFile.person_id.in_(ids)),
    Part(N_("Requests for erasure"), ErasureRequest, lambda ids: ErasureRequest.person_id.in_(ids)),
    Part(
        N_("Decisions on erasure"),
        ErasureDecision,
        lambda ids: ErasureDecision.request_id.in_(_ids_of(ErasureRequest, ErasureRequest.person_id, ids)),
    ),
    Part(N_("Restriction"), Restriction, lambda ids: Restriction.person_id.in_(ids)),
    Part(
        N_("What was done"),
        AuditLine,
        lambda ids: or_(AuditLine.actor_id.in_(ids), AuditLine.subject.in_(subjects_of(ids))),
        frozenset({"xact"}),
    ),
]
