"""Which tables of ballots hold something about a person, and how its rows are found."""

from sqlalchemy import Select, or_, select

from app.ballots.casting.models import PaperEntry, Vote, VotePart
from app.ballots.delegations.models import Delegation, DelegationAnswer, DelegationEnd, DelegationUse
from app.ballots.electorate.models import BrokerStatement, Elector, RollCorrection
from app.ballots.proxies.models import Proxy, ProxyAnswer, ProxyEnd, ProxyInstruction, ProxyVote
from app.ballots.result.models import BallotObjection, MinutesSignature
from app.ballots.secret.box.models import Envelope
from app.ballots.secret.models import KeyUse, Participation, TellerKey
from app.core.errors import N_
from app.privacy.share_parts import Found, Ids


def _electors(ids: Ids) -> Select[int]:
    return select(Elector.id).where(Elector.person_id.in_(ids))


def _votes(ids: Ids) -> Select[int]:
    return select(Vote.id).where(or_(Vote.elector_id.in_(_electors(ids)), Vote.cast_by.in_(ids)))


def _keys(ids: Ids) -> Select[int]:
    return select(TellerKey.id).where(TellerKey.person_id.in_(ids))


def _proxies(ids: Ids) -> Select[int]:
    return select(Proxy.id).where(or_(Proxy.principal_id.in_(ids), Proxy.holder_id.in_(ids)))


def _delegations(ids: Ids) -> Select[int]:
    return select(Delegation.id).where(or_(Delegation.principal_id.in_(ids), Delegation.holder_id.in_(ids)))


BALLOT_PARTS: list[Found] = [
    Found(N_("Lines on rolls of electors"), Elector, lambda ids: Elector.person_id.in_(ids)),
    Found(N_("Struck off rolls of electors"), RollCorrection, lambda ids: RollCorrection.struck_id.in_(_electors(ids))),
    Found(N_("Brokers' statements"), BrokerStatement, lambda ids: BrokerStatement.elector_id.in_(_electors(ids))),
    Found(
        N_("Recorded votes"),
        Vote,
        lambda ids: or_(Vote.elector_id.in_(_electors(ids)), Vote.cast_by.in_(ids)),
        frozenset({"form_key"}),
    ),
    Found(N_("What recorded votes said"), VotePart, lambda ids: VotePart.vote_id.in_(_votes(ids))),
    Found(N_("Ballots on paper"), PaperEntry, lambda ids: PaperEntry.elector_id.in_(_electors(ids))),
    Found(
        N_("Secret ballots in which you took part"),
        Participation,
        lambda ids: or_(Participation.elector_id.in_(_electors(ids)), Participation.cast_by.in_(ids)),
    ),
    Found(
        N_("Envelopes of secret ballots on paper"),
        Envelope,
        lambda ids: or_(Envelope.elector_id.in_(_electors(ids)), Envelope.noted_by.in_(ids)),
    ),
    Found(N_("Your keys as a teller"), TellerKey, lambda ids: TellerKey.person_id.in_(ids)),
    Found(
        N_("Uses of your keys as a teller"), KeyUse, lambda ids: KeyUse.key_id.in_(_keys(ids)), frozenset({"layers"})
    ),
    Found(N_("Proxies that you gave or hold"), Proxy, lambda ids: Proxy.id.in_(_proxies(ids))),
    Found(N_("Instructions to proxies"), ProxyInstruction, lambda ids: ProxyInstruction.proxy_id.in_(_proxies(ids))),
    Found(N_("Answers to proxies"), ProxyAnswer, lambda ids: ProxyAnswer.proxy_id.in_(_proxies(ids))),
    Found(N_("Ends of proxies"), ProxyEnd, lambda ids: ProxyEnd.proxy_id.in_(_proxies(ids))),
    Found(N_("Votes by proxy"), ProxyVote, lambda ids: ProxyVote.proxy_id.in_(_proxies(ids))),
    Found(N_("Delegations that you gave or hold"), Delegation, lambda ids: Delegation.id.in_(_delegations(ids))),
    Found(
        N_("Answers to delegations"),
        DelegationAnswer,
        lambda ids: DelegationAnswer.delegation_id.in_(_delegations(ids)),
    ),
    Found(N_("Ends of delegations"), DelegationEnd, lambda ids: DelegationEnd.delegation_id.in_(_delegations(ids))),
    Found(
        N_("Ballots on which delegations were used"),
        DelegationUse,
        lambda ids: DelegationUse.delegation_id.in_(_delegations(ids)),
    ),
    Found(N_("Objections to ballots"), BallotObjection, lambda ids: BallotObjection.person_id.in_(ids)),
    Found(N_("Minutes you signed"), MinutesSignature, lambda ids: MinutesSignature.person_id.in_(ids)),
]

_ACT = "an act for the organization; the lines of the audit trail name who did it"
NO_PERSONS_BALLOT: dict[str, str] = {
    "meeting": "a meeting of all members",
    "meeting_terms": "a meeting of all members",
    "ballot": "a ballot of all members",
    "ballot_topic": _ACT,
    "ballot_terms": "a ballot of all members",
    "ballot_item": "a ballot of all members",
    "ballot_item_text": "a ballot of all members",
    "ballot_item_withdrawal": _ACT,
    "ballot_move": _ACT,
    "ballot_notice": _ACT,
    "ballot_key": "the public key of a ballot",
    "ballot_key_share": "the key of a ballot, sealed to its tellers",
    "urn": "papers of a secret ballot, sealed: nobody can tell whose",
    "sealed_paper": "papers of a secret ballot, sealed: nobody can tell whose",
    "box_reading": "sheets of a secret ballot, sealed and without a name: nobody can tell whose",
    "box_put_in": _ACT,
    "urns_emptied": "a number and a hash",
    "papers_opening": "the key of a ballot, public since its count",
    "opened_paper": "papers of a secret ballot: nobody can tell whose",
    "electorate": "sums over all electors, and a hash",
    "ballot_result": "sums over all votes",
    "ballot_certificate": _ACT,
    "ballot_minutes": "a text about a meeting of all members; signatures are in the file",
}
