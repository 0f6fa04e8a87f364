"""Proofs of ballots: every roll is the one that was published, every vote is of the roll, every result is its votes."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.calling import canonical
from app.ballots.electorate.freezing import leaf_of, leaves
from app.ballots.electorate.hashing import roll_sha256
from app.ballots.electorate.models import Elector, Electorate
from app.ballots.models import Ballot, BallotState
from app.ballots.result.certifying import result_of
from app.ballots.result.facts import result_facts
from app.ballots.result.models import BallotResult
from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _states_are_moves(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'ballot', b.slug, 'stands at', b.state, 'but its last move says', coalesce(m.to_state, 'draft')
        FROM ballot b LEFT JOIN LATERAL (
            SELECT to_state FROM ballot_move WHERE ballot_id = b.id ORDER BY id DESC LIMIT 1) m ON true
        WHERE b.state <> coalesce(m.to_state, 'draft')
        UNION ALL SELECT 'ballot', b.slug, 'has the terms', b.terms_id::text, 'but its last version is', last::text
        FROM ballot b JOIN (SELECT ballot_id, max(id) AS last FROM ballot_terms GROUP BY ballot_id) t
            ON t.ballot_id = b.id WHERE b.terms_id <> last
        UNION ALL SELECT 'meeting', m.slug, 'has the terms', m.terms_id::text, 'but its last version is', last::text
        FROM meeting m JOIN (SELECT meeting_id, max(id) AS last FROM meeting_terms GROUP BY meeting_id) t
            ON t.meeting_id = m.id WHERE m.terms_id <> last
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM ballot')} ballots", wrong)


def _rolls_are_published(session: Session) -> Finding:
    """Every line says what its hash covers, and the hashes of the lines give the hash of the roll."""
    wrong = []
    for electorate in session.scalars(select(Electorate)):
        if roll_sha256(leaves(session, electorate.ballot_id)) != electorate.sha256:
            wrong.append(f"the roll of ballot {electorate.ballot_id} is not the one whose hash was published")
    electors = session.scalars(select(Elector).order_by(Elector.id), execution_options={"yield_per": 10_000})
    wrong += [f"line {each.id} of a roll is not what was published" for each in electors if leaf_of(each) != each.leaf]
    wrong += rows_wrong(
        session,
        """
        SELECT concat_ws(' ', 'ballot', e.ballot_id, 'froze', e.electors, 'electors with', e.weight,
            'votes, but its roll has', coalesce(r.many, 0), 'with', coalesce(r.weight, 0))
        FROM electorate e LEFT JOIN (SELECT ballot_id, count(*) AS many, sum(weight) AS weight FROM elector
            WHERE correction_id IS NULL GROUP BY ballot_id) r USING (ballot_id)
        WHERE (e.electors, e.weight) IS DISTINCT FROM (r.many, r.weight)
        UNION ALL SELECT concat_ws(' ', 'ballot', r.ballot_id, 'has a roll that was never frozen')
        FROM (SELECT DISTINCT ballot_id FROM elector) r
        WHERE NOT EXISTS (SELECT FROM electorate e WHERE e.ballot_id = r.ballot_id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM elector')} electors", wrong)


def _votes_are_of_the_roll(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'vote', v.id, 'is of another ballot than its elector' FROM ballot_vote v
            JOIN elector e ON e.id = v.elector_id WHERE e.ballot_id <> v.ballot_id
        UNION ALL SELECT 'vote', v.id, 'replaces a vote of another elector' FROM ballot_vote v
            JOIN ballot_vote b ON b.id = v.replaces_id WHERE b.elector_id <> v.elector_id
        UNION ALL SELECT 'vote', p.vote_id, 'gives item ' || p.item_id || ' another weight than the elector has'
        FROM (SELECT vote_id, item_id, sum(weight) AS weight FROM ballot_vote_part GROUP BY vote_id, item_id) p
            JOIN ballot_vote v ON v.id = p.vote_id JOIN elector e ON e.id = v.elector_id WHERE p.weight <> e.weight
        UNION ALL SELECT 'vote', p.vote_id, 'is on an item of another ballot' FROM ballot_vote_part p
            JOIN ballot_vote v ON v.id = p.vote_id JOIN ballot_item i ON i.id = p.item_id
            WHERE i.ballot_id <> v.ballot_id
        UNION ALL SELECT 'vote', v.id, 'says nothing' FROM ballot_vote v
            WHERE NOT EXISTS (SELECT FROM ballot_vote_part p WHERE p.vote_id = v.id)
        UNION ALL SELECT 'vote', v.id, 'was cast outside the hours of its ballot' FROM ballot_vote v
            JOIN ballot b ON b.id = v.ballot_id JOIN ballot_terms t ON t.id = b.terms_id
            WHERE v.cast_at < t.opens_at OR v.cast_at >= t.closes_at
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM ballot_vote')} votes", wrong)


def _results_are_their_votes(session: Session) -> Finding:
    """Every result has its hash, the last one is what the votes give again, and a certificate names its hash."""
    wrong = [
        f"result {row.id} is not what its hash covers"
        for row in session.scalars(select(BallotResult))
        if hashlib.sha256(canonical(row.facts)).hexdigest() != row.sha256
    ]
    counted = (BallotState.COUNTED, BallotState.CERTIFIED)
    for ballot in session.scalars(select(Ballot).where(Ballot.state.in_(counted))):
        kept = result_of(session, ballot).facts
        again = result_facts(session, ballot, session.get_one(Electorate, ballot.id), kept["seed"])
        if canonical(again) != canonical(kept):
            wrong.append(f"the votes of ballot {ballot.slug} give another result than the one that is kept")
    wrong += rows_wrong(
        session,
        """
        SELECT 'the certificate of result', c.result_id, 'names another hash' FROM ballot_certificate c
            JOIN ballot_result r ON r.id = c.result_id WHERE r.sha256 <> c.sha256
        UNION ALL SELECT 'the certificate of result', result_id, 'has one teller' FROM ballot_certificate
            WHERE first_teller = second_teller
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM ballot_result')} results", wrong)


PROOFS = [
    Proof(N_("Every ballot stands where its last move left it"), _states_are_moves),
    Proof(N_("Every roll of electors is the one that was published"), _rolls_are_published),
    Proof(N_("Every vote is of an elector and their weight"), _votes_are_of_the_roll),
    Proof(N_("Every result is what its votes give"), _results_are_their_votes),
]
