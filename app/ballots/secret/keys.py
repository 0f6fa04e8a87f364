"""The key of a secret ballot: made at its opening, held by no one alone, opened by any two of its tellers after it.

Before the opening each teller makes a code, from which a key follows. The ballot's private key is sealed to every
pair of them, layer in layer, and forgotten. After the close each teller's code takes off one layer.
"""

from base64 import b64decode, b64encode
from itertools import permutations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.casting.stores import NotPrepared
from app.ballots.drafting import locked_ballot, require_state
from app.ballots.models import Ballot, BallotState, Casting
from app.ballots.secret.models import BallotKey, BallotKeyShare, KeyUse, PapersOpening, TellerKey
from app.ballots.secret.sealing import key_of, new_code, new_key, public_of, seal, unseal
from app.core import audit, clock, jobs
from app.core.cipher import Unreadable
from app.core.errors import N_, NotFound, Refusal
from app.members.people.resolving import same_person

OPEN_JOB = "ballots.open_papers"
KEYS_LEAST, KEYS_MOST = 2, 9
BEFORE_OPENING = (BallotState.DRAFT, BallotState.CALLED, BallotState.READY)


class KeysMissing(NotPrepared):
    """A secret ballot opens when there are keys to seal it to."""

    message = N_(
        "Two tellers make their keys before a secret ballot opens; {count} have so far. Each does so at the desk of "
        "this ballot, under “Keys”."
    )
    status = 409


class EnoughKeys(Refusal):
    """More keys than tellers make each of them worth less."""

    message = N_("There are {most} keys already. That is enough.")
    status = 409


class WrongCode(Refusal):
    """The code is not that of the teller's own key for this ballot."""

    message = N_("This is not the code of your key for this ballot. Nothing was opened.")
    field = "code"


class UsedAlready(Refusal):
    """A teller uses their key once."""

    message = N_("You have used your key already. Another teller uses theirs.")
    status = 409


class NoKeyOfYours(Refusal):
    """Only a teller who made a key before the opening can use it."""

    message = N_("You made no key before this ballot opened, so others open it.")
    status = 409


def make_key(session: Session, slug: str, *, by: int) -> str:
    """Make a teller's key for a ballot that is not open yet; the code, which is shown once and kept nowhere."""
    ballot = _secret(session, slug)
    require_state(ballot, *BEFORE_OPENING)
    others = [each for each in keys_of(session, ballot) if each.person_id != by]
    if len(others) >= KEYS_MOST:
        raise EnoughKeys(most=KEYS_MOST)
    code = new_code()
    row = TellerKey(ballot_id=ballot.id, person_id=by, public_key=public_of(key_of(code)), made_at=clock.now())
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.TELLER_KEY_MADE, ballot.subject, by=by, key=row.id)
    return code


def make_ballot_key(session: Session, ballot: Ballot) -> None:
    """Make the key of a ballot that opens, sealed to every pair of tellers; the private one is forgotten here."""
    tellers = keys_of(session, ballot)
    if len(tellers) < KEYS_LEAST:
        raise KeysMissing(count=len(tellers))
    private = new_key()
    session.add(BallotKey(ballot_id=ballot.id, public_key=public_of(private), made_at=clock.now()))
    for first, second in permutations(tellers, 2):
        inner = seal(second.public_key, _purpose(ballot, first.id, second.id, 2), private)
        outer = seal(first.public_key, _purpose(ballot, first.id, second.id, 1), inner)
        session.add(BallotKeyShare(first_id=first.id, second_id=second.id, sealed=outer))
    session.flush()


def use_key(session: Session, slug: str, code: str, *, by: int) -> bool:
    """Use a teller's key after the close; whether it was the second, so that the papers are being opened."""
    ballot = _secret(session, slug)
    require_state(ballot, BallotState.CLOSED)
    key = next((each for each in keys_of(session, ballot) if each.person_id == by), None)
    if key is None:
        raise NoKeyOfYours
    if session.get(KeyUse, key.id) is not None or opening_of(session, ballot) is not None:
        raise UsedAlready
    private = key_of(code)
    if public_of(private) != key.public_key:
        raise WrongCode
    before = _uses(session, ballot)
    shares = session.scalars(select(BallotKeyShare).where(BallotKeyShare.first_id == key.id)).all()
    layers = {
        str(each.second_id): _opened(private, _purpose(ballot, key.id, each.second_id, 1), each.sealed)
        for each in shares
    }
    kept = {number: b64encode(layer).decode() for number, layer in layers.items()}
    session.add(KeyUse(key_id=key.id, layers=kept, used_at=clock.now()))
    session.flush()
    audit.record(session, audit.Tag.TELLER_KEY_USED, ballot.subject, by=by, key=key.id)
    if not before:
        return False
    first = before[0]
    sealed = b64decode(first.layers[str(key.id)])
    _open(session, ballot, first.key_id, key.id, _opened(private, _purpose(ballot, first.key_id, key.id, 2), sealed))
    return True


def keys_of(session: Session, ballot: Ballot) -> list[TellerKey]:
    """Each teller's last key for a ballot, in order; records that are one person have one."""
    rows = session.scalars(select(TellerKey).where(TellerKey.ballot_id == ballot.id).order_by(TellerKey.id)).all()
    last: dict[int, TellerKey] = {}
    for row in rows:
        last[min(session.scalars(same_person(row.person_id)))] = row
    return list(last.values())


def used_keys(session: Session, ballot: Ballot) -> set[int]:
    """The keys of a ballot that were used after its close."""
    return {each.key_id for each in _uses(session, ballot)}


def opening_of(session: Session, ballot: Ballot) -> PapersOpening | None:
    """The opening of a ballot's papers, None while they are sealed."""
    return session.get(PapersOpening, ballot.id)


def _open(session: Session, ballot: Ballot, first: int, second: int, private: bytes) -> None:
    if public_of(private) != session.get_one(BallotKey, ballot.id).public_key:
        raise Unreadable("ballot_key.public_key: it was altered since the ballot opened")
    row = PapersOpening(
        ballot_id=ballot.id, private_key=private, first_key_id=first, second_key_id=second, opened_at=clock.now()
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.PAPERS_OPENED, ballot.subject, by=None, keys=[first, second])
    jobs.defer(session, OPEN_JOB, ballot_id=ballot.id)


def _uses(session: Session, ballot: Ballot) -> list[KeyUse]:
    rows = select(KeyUse).join(TellerKey, TellerKey.id == KeyUse.key_id).where(TellerKey.ballot_id == ballot.id)
    return list(session.scalars(rows.order_by(KeyUse.used_at, KeyUse.key_id)))


def _secret(session: Session, slug: str) -> Ballot:
    ballot = locked_ballot(session, slug)
    if ballot.terms.casting != Casting.SECRET:
        raise NotFound
    return ballot


def _opened(private: bytes, purpose: str, sealed: bytes) -> bytes:
    content = unseal(private, purpose, sealed)
    if content is None:
        raise Unreadable("ballot_key_share.sealed: it was altered since the ballot opened")
    return content


def _purpose(ballot: Ballot, first: int, second: int, layer: int) -> str:
    return f"costake ballot key/1 {ballot.id} {first} {second} {layer}"
