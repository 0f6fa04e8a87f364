"""The steps of conversions by their names: what each is called, who acts, and which kinds of evidence meet it."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import N_


class Evidence(StrEnum):
    """What meets a step: never a tick, always something that can be looked at."""

    FILE = N_("a document, kept with its hash")
    DOCUMENT = N_("a document that is filed here")
    BALLOT = N_("the certified result of a ballot")
    CALLED = N_("the notice of a ballot called here")
    DECISION = N_("a named person's decision")
    DAY = N_("a date that is reached")
    DRY_RUN = N_("a dry run of the exchange without obstacles")
    EXCHANGE = N_("an exchange of shares in effect")
    ISSUED = N_("statements of all members, filed here and sealed as one issue")
    DISTRIBUTION = N_("a distribution that was declared")


class Who(StrEnum):
    """Who acts in a step."""

    BOARD = N_("the board")
    COUNSEL = N_("counsel")
    MEMBERS = N_("the holders or members")
    SECRETARY = N_("the secretary")
    EXPERTS = N_("independent experts")
    REGISTRAR = N_("the registrar")
    TREASURER = N_("the treasurer")
    TIME = N_("nobody: time passes")


class StepTitle(StrEnum):
    """What a step is called."""

    CHARTER = N_("Charter and agreements read for restrictions")
    COMMITMENTS = N_("No member's commitments increase, or each has consented")
    COLLEGES = N_("Categories and colleges of members set")
    PRECONDITION = N_("Two years in another member state proved")
    CAPS = N_("Holdings fit the new form")
    PLAN = N_("Plan of conversion drawn up")
    RULES = N_("Rules or statutes of the new form drawn up")
    REPORT = N_("Report to the holders")
    BOARD = N_("Board resolution")
    WORKS_COUNCIL = N_("Draft resolution served on the works council")
    OPINION = N_("Certificate and opinion of the auditing association")
    EXPERTS = N_("Net assets certified")
    PUBLICATION = N_("Draft terms published")
    NOTICE = N_("Notice of the meeting")
    VOTE = N_("Vote")
    SECOND_VOTE = N_("Second meeting confirms it")
    CONSENTS = N_("Consents of those who take on more")
    APPOINTED = N_("Rules signed by the appointed members")
    OBJECTIONS = N_("Time for objections, appraisal or suits over")
    FILING = N_("Filing with the registrar")
    CERTIFICATE = N_("Registrar's certificate")
    SECOND_FILING = N_("Resolution and certificate sent to the registrar of companies")
    EFFECT = N_("Conversion registered, so that it takes effect")
    EXCHANGE = N_("Exchange of every share")
    MEMBER_NOTICES = N_("Statements to the members")
    CASH_OFFER = N_("Time to accept the cash offer over")
    PAYOUT = N_("Excess balances may be paid out")


@dataclass(frozen=True, slots=True)
class StepKind:
    """A step that plans may have: `meets` are the kinds of evidence of which one is enough."""

    title: StepTitle
    who: Who
    meets: tuple[Evidence, ...]


_FILED, _SAID = (Evidence.FILE,), (Evidence.DECISION, Evidence.FILE)
_DRAWN_UP = (Evidence.FILE, Evidence.DOCUMENT)
STEP_KINDS: dict[str, StepKind] = {
    "charter": StepKind(StepTitle.CHARTER, Who.COUNSEL, _SAID),
    "commitments": StepKind(StepTitle.COMMITMENTS, Who.COUNSEL, _SAID),
    "colleges": StepKind(StepTitle.COLLEGES, Who.BOARD, _SAID),
    "precondition": StepKind(StepTitle.PRECONDITION, Who.BOARD, _FILED),
    "caps": StepKind(StepTitle.CAPS, Who.SECRETARY, (Evidence.DRY_RUN,)),
    "plan": StepKind(StepTitle.PLAN, Who.BOARD, _DRAWN_UP),
    "rules": StepKind(StepTitle.RULES, Who.BOARD, _FILED),
    "report": StepKind(StepTitle.REPORT, Who.BOARD, _DRAWN_UP),
    "board": StepKind(StepTitle.BOARD, Who.BOARD, _SAID),
    "works_council": StepKind(StepTitle.WORKS_COUNCIL, Who.BOARD, _FILED),
    "opinion": StepKind(StepTitle.OPINION, Who.EXPERTS, _FILED),
    "experts": StepKind(StepTitle.EXPERTS, Who.EXPERTS, _FILED),
    "publication": StepKind(StepTitle.PUBLICATION, Who.BOARD, _FILED),
    "notice": StepKind(StepTitle.NOTICE, Who.SECRETARY, (Evidence.FILE, Evidence.CALLED)),
    "vote": StepKind(StepTitle.VOTE, Who.MEMBERS, (Evidence.BALLOT,)),
    "second_vote": StepKind(StepTitle.SECOND_VOTE, Who.MEMBERS, (Evidence.BALLOT,)),
    "consents": StepKind(StepTitle.CONSENTS, Who.MEMBERS, _SAID),
    "appointed": StepKind(StepTitle.APPOINTED, Who.MEMBERS, _FILED),
    "objections": StepKind(StepTitle.OBJECTIONS, Who.TIME, (Evidence.DAY,)),
    "filing": StepKind(StepTitle.FILING, Who.SECRETARY, _FILED),
    "certificate": StepKind(StepTitle.CERTIFICATE, Who.REGISTRAR, _FILED),
    "second_filing": StepKind(StepTitle.SECOND_FILING, Who.SECRETARY, _FILED),
    "effect": StepKind(StepTitle.EFFECT, Who.REGISTRAR, _FILED),
    "exchange": StepKind(StepTitle.EXCHANGE, Who.SECRETARY, (Evidence.EXCHANGE,)),
    "member_notices": StepKind(StepTitle.MEMBER_NOTICES, Who.SECRETARY, (*_SAID, Evidence.ISSUED)),
    "cash_offer": StepKind(StepTitle.CASH_OFFER, Who.TIME, (Evidence.DAY,)),
    "payout": StepKind(StepTitle.PAYOUT, Who.TREASURER, (Evidence.DAY,)),
}
