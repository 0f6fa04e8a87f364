"""What each kind of act is called for people."""

from app.core.audit import Tag
from app.core.errors import N_

TITLES: dict[Tag, str] = {
    Tag.SIGNED_IN: N_("Signed in"),
    Tag.SIGNED_OUT: N_("Signed out"),
    Tag.SECOND_FACTOR_ADDED: N_("Second factor added"),
    Tag.SECOND_FACTOR_PASSED: N_("Second factor shown"),
    Tag.SECOND_FACTOR_REFUSED: N_("Second factor refused"),
    Tag.SECOND_FACTOR_REMOVED: N_("Second factor removed"),
    Tag.RECOVERY_CODES_MADE: N_("Recovery codes made"),
    Tag.ACCOUNT_CONNECTED: N_("Outside account connected"),
    Tag.ACCOUNT_DISCONNECTED: N_("Outside account disconnected"),
    Tag.PLATFORM_USER_PROVED: N_("Shown to be a user of the platform"),
    Tag.PLATFORM_LIST_IMPORTED: N_("List of the platform's users imported"),
    Tag.ROLE_GRANTED: N_("Role granted"),
    Tag.ROLE_ENDED: N_("Role ended"),
    Tag.PROPOSED: N_("Proposed, for a second person to decide"),
    Tag.APPROVED: N_("Proposal approved and done"),
    Tag.DECLINED: N_("Proposal refused"),
    Tag.TOKEN_ISSUED: N_("API token issued"),
    Tag.TOKEN_REVOKED: N_("API token revoked"),
    Tag.PARTICULARS_RECORDED: N_("Name and address recorded"),
    Tag.CONTACT_RECORDED: N_("Contact recorded"),
    Tag.PRIVATE_RECORDED: N_("Birth date or tax number recorded"),
    Tag.REPRESENTATIVE_APPOINTED: N_("Representative appointed"),
    Tag.REPRESENTATIVE_ENDED: N_("Representation ended"),
    Tag.PERSONS_MERGED: N_("Two records of one person merged"),
    Tag.PERSONS_UNMERGED: N_("Merge undone"),
    Tag.DEATH_RECORDED: N_("Death recorded"),
    Tag.HEIR_RECORDED: N_("Heir recorded"),
    Tag.IDENTITY_CHECKED: N_("Identity checked"),
    Tag.MEMBERSHIP_APPLIED: N_("Applied for membership"),
    Tag.MEMBERSHIP_REFUSED: N_("Membership refused"),
    Tag.MEMBER_ENTERED: N_("Entered into the register"),
    Tag.MEMBER_RESIGNED: N_("Resigned as a member"),
    Tag.MEMBER_EXPELLED: N_("Expelled as a member"),
    Tag.MEMBER_DIED: N_("Membership passed to the estate"),
    Tag.OFFER_DRAFTED: N_("Offer drafted"),
    Tag.OFFER_CHANGED: N_("Offer's terms changed"),
    Tag.OFFER_OPENED: N_("Offer opened"),
    Tag.OFFER_CLOSED: N_("Offer closed"),
    Tag.OFFER_CANCELLED: N_("Offer cancelled"),
    Tag.PLEDGE_MADE: N_("Pledge made"),
    Tag.PLEDGE_CONFIRMED: N_("Pledge confirmed"),
    Tag.PLEDGE_WITHDRAWN: N_("Pledge withdrawn"),
    Tag.RECEIPT_RECORDED: N_("Payment recorded"),
    Tag.SHARES_ALLOTTED: N_("Shares allotted"),
    Tag.REFUND_DUE: N_("Refund due"),
    Tag.REFUND_PAID: N_("Refund paid"),
    Tag.DOCUMENT_FILED: N_("Document filed"),
    Tag.DOCUMENT_READ: N_("Document read"),
    Tag.REGISTER_EXPORTED: N_("Register exported"),
    Tag.TRAIL_EXPORTED: N_("Audit trail exported"),
    Tag.KEYS_ROTATED: N_("Keys of encrypted fields rotated"),
    Tag.LAW_ADAPTED: N_("Rules of a jurisdiction adapted"),
    Tag.LAW_CONFIRMED: N_("Value confirmed by counsel"),
}

DOORS = {"web": N_("web"), "command line": N_("command line"), "worker": N_("worker")}


def title_of(tag: str) -> str:
    """The title of a tag, an English message; a tag of a later version is its own title."""
    return TITLES.get(Tag(tag), tag) if tag in set(Tag) else tag
