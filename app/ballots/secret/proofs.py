"""Proofs of secret ballots: a paper for everybody who took part, none exchanged, and the list is what they say."""

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.models import Ballot, BallotState
from app.ballots.secret.models import BallotKey, PapersOpening, UrnsEmptied
from app.ballots.secret.opening import is_opened, papers_of
from app.ballots.secret.papers import Paper
from app.ballots.secret.publishing import published_papers
from app.ballots.secret.sealing import public_of
from app.ballots.secret.store import turnout
from app.ballots.secret.urns import hash_of_papers, papers_in
from app.core.cipher import Unreadable
from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _urns_hold_who_took_part(session: Session) -> Finding:
    """While a ballot is open its urns hold a paper for everybody who took part; after it they are emptied."""
    wrong, papers = [], 0
    secret = select(Ballot).join(BallotKey, BallotKey.ballot_id == Ballot.id).order_by(Ballot.id)
    for ballot in session.scalars(secret):
        if session.get(UrnsEmptied, ballot.id) is not None:
            continue
        try:
            held = sum(len(some) for some in papers_in(session, ballot))
        except Unreadable as altered:
            wrong.append(f"ballot {ballot.slug}: {altered}")
            continue
        papers += held
        there = turnout(session, ballot).electors
        if held != there:
            wrong.append(f"the urns of ballot {ballot.slug} hold {held} papers, but {there} took part")
    wrong += rows_wrong(
        session,
        """
        SELECT 'ballot', p.ballot_id, 'has somebody of another roll among those who took part' FROM participation p
            JOIN elector e ON e.id = p.elector_id WHERE e.ballot_id <> p.ballot_id
        UNION ALL SELECT 'ballot', p.ballot_id, 'has somebody who was struck off among those who took part'
        FROM participation p JOIN roll_correction c ON c.struck_id = p.elector_id
        UNION ALL SELECT 'ballot', p.ballot_id, 'has somebody who took part outside its hours' FROM participation p
            JOIN ballot b ON b.id = p.ballot_id JOIN ballot_terms t ON t.id = b.terms_id
            WHERE p.cast_at < t.opens_at OR p.cast_at >= t.closes_at
        UNION ALL SELECT 'ballot', b.id, 'has other numbers of sheets put in than of electors who voted on paper'
        FROM ballot b LEFT JOIN (SELECT ballot_id, count(*) AS many FROM participation
                WHERE channel = ANY (ARRAY['by post', 'on paper at the meeting']) GROUP BY ballot_id) p
            ON p.ballot_id = b.id
        LEFT JOIN (SELECT ballot_id, sum(sheets) AS many FROM box_put_in GROUP BY ballot_id) x ON x.ballot_id = b.id
        WHERE p.many IS DISTINCT FROM x.many
        UNION ALL SELECT 'box', id, 'was read by one teller' FROM box_put_in WHERE first_teller = second_teller
        """,
    )
    return Finding(f"{papers} papers in urns", wrong)


def _sealed_papers_are_those_of_the_close(session: Session) -> Finding:
    wrong = []
    for row in session.scalars(select(UrnsEmptied)):
        ballot = session.get_one(Ballot, row.ballot_id)
        if hash_of_papers(session, ballot) != row.sha256:
            wrong.append(f"the sealed papers of ballot {ballot.slug} are not those that were in its urns at the close")
        there = turnout(session, ballot).electors
        if row.papers != there:
            wrong.append(f"the urns of ballot {ballot.slug} held {row.papers} papers, but {there} took part")
    wrong += rows_wrong(
        session,
        """
        SELECT 'a sealed paper of ballot', ballot_id, 'is not what its hash covers' FROM sealed_paper
            WHERE sha256 <> encode(sha256(content), 'hex')
        UNION ALL SELECT 'ballot', ballot_id, 'has sealed papers, but its urns were never emptied' FROM sealed_paper s
            WHERE NOT EXISTS (SELECT FROM urns_emptied e WHERE e.ballot_id = s.ballot_id)
        UNION ALL SELECT 'ballot', ballot_id, 'has urns beside what was in them' FROM urn
            WHERE ballot_id IN (SELECT ballot_id FROM urns_emptied)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM sealed_paper')} sealed papers", wrong)


def _published_papers_are_what_the_key_opens(session: Session) -> Finding:
    """Every sealed paper is opened again by the ballot's key, and gives exactly the list that is counted."""
    wrong = []
    for opening in session.scalars(select(PapersOpening)):
        ballot = session.get_one(Ballot, opening.ballot_id)
        key = session.get_one(BallotKey, ballot.id)
        if public_of(opening.private_key) != key.public_key:
            wrong.append(f"the key of ballot {ballot.slug} is not the one to which its papers were sealed")
        elif is_opened(session, ballot) or ballot.state != BallotState.CLOSED:
            wrong += _differences(session, ballot)
    wrong += rows_wrong(
        session,
        """
        SELECT DISTINCT 'ballot', ballot_id, 'has papers in clear that nobody opened' FROM opened_paper o
        WHERE NOT EXISTS (SELECT FROM papers_opening p WHERE p.ballot_id = o.ballot_id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM opened_paper')} papers opened", wrong)


def _differences(session: Session, ballot: Ballot) -> list[str]:
    try:
        sealed = _digests(paper for some in papers_of(session, ballot) for paper in some)
    except Unreadable as altered:
        return [f"ballot {ballot.slug}: {altered}"]
    if sealed == _digests(published_papers(session, ballot)):
        return []
    return [f"the published papers of ballot {ballot.slug} are not those that were sealed"]


def _digests(papers: Iterable[Paper]) -> list[bytes]:
    """What is left of papers to compare them by, so that millions of them fit into memory."""
    return sorted(sha256(repr(paper).encode()).digest() for paper in papers)


PROOFS = [
    Proof(N_("The urns of secret ballots hold a paper for everybody who took part"), _urns_hold_who_took_part),
    Proof(N_("No sealed paper was added, removed or exchanged since the close"), _sealed_papers_are_those_of_the_close),
    Proof(N_("The published papers are what the key opens"), _published_papers_are_what_the_key_opens),
]
