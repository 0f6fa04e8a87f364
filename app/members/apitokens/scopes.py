"""Scopes: what a token may be used for, which roles make use of each, and which of them last a day at most."""

from datetime import timedelta
from enum import StrEnum

from app.core.errors import N_
from app.members.roles import Role

DESK = (Role.ORGANIZER, Role.TREASURER, Role.SECRETARY, Role.AUDITOR)


class Scope(StrEnum):
    """A right that a token can carry; it opens nothing that the person could not open on the pages."""

    OFFERS_READ = "offers:read"
    OFFERS_WRITE = "offers:write"
    PLEDGES_READ = "pledges:read"
    PLEDGES_WRITE = "pledges:write"
    HOLDINGS_READ = "holdings:read"
    HOLDINGS_WRITE = "holdings:write"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    MEMBERSHIP_WRITE = "membership:write"
    BANK_WRITE = "bank:write"
    SESSIONS_WRITE = "sessions:write"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    REGISTER_READ = "register:read"
    REGISTER_INSPECT = "register:inspect"
    SHARES_READ = "shares:read"
    SHARES_WRITE = "shares:write"
    PAYMENTS_READ = "payments:read"
    PAYMENTS_WRITE = "payments:write"
    ROLES_READ = "roles:read"
    ROLES_WRITE = "roles:write"
    APPROVALS_READ = "approvals:read"
    APPROVALS_WRITE = "approvals:write"
    PRIVACY_READ = "privacy:read"
    PRIVACY_WRITE = "privacy:write"
    PROOFS_READ = "proofs:read"
    CONVERSIONS_READ = "conversions:read"
    CONVERSIONS_WRITE = "conversions:write"
    BALLOTS_READ = "ballots:read"
    BALLOTS_VOTE = "ballots:vote"
    BALLOTS_WRITE = "ballots:write"


PURPOSES = {
    Scope.OFFERS_READ: N_("Read offers and how they stand"),
    Scope.OFFERS_WRITE: N_("Draft, open, close and cancel offers"),
    Scope.PLEDGES_READ: N_("Read pledges"),
    Scope.PLEDGES_WRITE: N_("Make and withdraw pledges, and by some roles note on and import those of others"),
    Scope.HOLDINGS_READ: N_("Read your own shares"),
    Scope.HOLDINGS_WRITE: N_("Ask to pass your own shares on, or for their money"),
    Scope.DOCUMENTS_READ: N_("Read your own documents, and by some roles those of others"),
    Scope.DOCUMENTS_WRITE: N_("Correct documents, issue certificates anew, ask for signatures, and give extracts"),
    Scope.MEMBERSHIP_WRITE: N_(
        "Apply for membership, resign, and change name, address and contacts, for you and whom you act for"
    ),
    Scope.BANK_WRITE: N_("See and change where money is sent, to you and whom you act for"),
    Scope.SESSIONS_WRITE: N_("See where you are signed in, and sign out there"),
    Scope.MEMBERS_READ: N_("Read members with name and address"),
    Scope.MEMBERS_WRITE: N_("Enter people, keep their records, and decide who is a member"),
    Scope.REGISTER_READ: N_("Read and export the register"),
    Scope.REGISTER_INSPECT: N_("Inspect the register as a member"),
    Scope.SHARES_READ: N_("Read acts on shares"),
    Scope.SHARES_WRITE: N_("Preview acts on shares, and propose them to a second person"),
    Scope.PAYMENTS_READ: N_("Read receipts, refunds, bank statements and distributions"),
    Scope.PAYMENTS_WRITE: N_(
        "Record receipts and refunds that were paid, take in bank statements, and propose distributions"
    ),
    Scope.ROLES_READ: N_("Read who has which role"),
    Scope.ROLES_WRITE: N_("Grant and end roles"),
    Scope.APPROVALS_READ: N_("Read what waits for a second person"),
    Scope.APPROVALS_WRITE: N_("Approve and refuse what others proposed"),
    Scope.PRIVACY_READ: N_("Read your consents, the file of your own data, and requests for erasure"),
    Scope.PRIVACY_WRITE: N_("Give and withdraw consent, and ask for the file of your own data, and for erasure"),
    Scope.PROOFS_READ: N_("Prove the books"),
    Scope.CONVERSIONS_READ: N_("Read conversions, and what their exchange of shares would do"),
    Scope.CONVERSIONS_WRITE: N_("Propose the exchange of all shares to a second person"),
    Scope.BALLOTS_READ: N_("Read motions, ballots and their certified results"),
    Scope.BALLOTS_VOTE: N_("Support motions, vote in ballots that are recorded, and read your own votes"),
    Scope.BALLOTS_WRITE: N_("Draft and call ballots, open, close and count them, and sign their results"),
}

USED_BY: dict[Scope, tuple[Role, ...]] = {  # empty: whoever is known here
    Scope.OFFERS_READ: (),
    Scope.OFFERS_WRITE: (Role.ORGANIZER,),
    Scope.PLEDGES_READ: (),
    Scope.PLEDGES_WRITE: (),
    Scope.HOLDINGS_READ: (),
    Scope.HOLDINGS_WRITE: (),
    Scope.DOCUMENTS_READ: (),
    Scope.DOCUMENTS_WRITE: (Role.ORGANIZER, Role.SECRETARY),
    Scope.MEMBERSHIP_WRITE: (),
    Scope.BANK_WRITE: (),
    Scope.SESSIONS_WRITE: (),
    Scope.MEMBERS_READ: DESK,
    Scope.MEMBERS_WRITE: (Role.ORGANIZER, Role.SECRETARY),
    Scope.REGISTER_READ: DESK,
    Scope.REGISTER_INSPECT: (Role.MEMBER,),
    Scope.SHARES_READ: DESK,
    Scope.SHARES_WRITE: (Role.ORGANIZER, Role.SECRETARY, Role.TREASURER),
    Scope.PAYMENTS_READ: DESK,
    Scope.PAYMENTS_WRITE: (Role.TREASURER,),
    Scope.ROLES_READ: DESK,
    Scope.ROLES_WRITE: (Role.ORGANIZER,),
    Scope.APPROVALS_READ: DESK,
    Scope.APPROVALS_WRITE: (Role.ORGANIZER, Role.TREASURER, Role.TELLER, Role.SECRETARY),
    Scope.PRIVACY_READ: (),
    Scope.PRIVACY_WRITE: (),
    Scope.PROOFS_READ: DESK,
    Scope.CONVERSIONS_READ: (),
    Scope.CONVERSIONS_WRITE: (Role.ORGANIZER, Role.SECRETARY),
    Scope.BALLOTS_READ: (),
    Scope.BALLOTS_VOTE: (),
    Scope.BALLOTS_WRITE: (Role.ORGANIZER, Role.TELLER),
}

SHORT_LIVED = frozenset(
    {
        Scope.OFFERS_WRITE,
        Scope.SHARES_WRITE,
        Scope.DOCUMENTS_WRITE,
        Scope.BANK_WRITE,
        Scope.PAYMENTS_WRITE,
        Scope.ROLES_WRITE,
        Scope.APPROVALS_WRITE,
        Scope.CONVERSIONS_WRITE,
        Scope.BALLOTS_WRITE,
    }
)
"""Scopes of what the pages let nobody do who has not just shown who they are: a token with one lasts a day at most."""
SHORT_LIFE = timedelta(days=1)


def scopes_for(roles: frozenset[str]) -> list[Scope]:
    """The scopes that somebody with these roles can make use of, in the order in which they are listed."""
    return [scope for scope in Scope if not USED_BY[scope] or roles & set(USED_BY[scope])]
