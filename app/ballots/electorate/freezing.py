"""Freezing the electorate: one statement takes the holders of the record date from the register, with their weights.

Every person counts once, whatever number of memberships and merged records lead to them.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.ballots.days import end_of_day
from app.ballots.drafting import locked_ballot, move_ballot, require_state
from app.ballots.electorate.hashing import line_sha256, roll_sha256
from app.ballots.electorate.models import Elector, Electorate, ElectorKind, Roll
from app.ballots.models import Ballot, BallotState, BallotTerms, Basis
from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.people.asof import CANONICAL, known_sql, same_sql

BATCH = 10_000

_HOLDERS = f"""
    WITH {CANONICAL}, terms AS (
        SELECT DISTINCT ON (t.share_class_id) t.share_class_id, t.votes_rule, t.votes_cap FROM share_class_terms t
        WHERE t.valid_from <= :day AND t.written_at <= :known_at ORDER BY t.share_class_id, t.valid_from DESC, t.id DESC
    ), entered AS (
        SELECT m.id, m.number, coalesce(c.survivor_id, m.person_id) AS person_id FROM membership m
        LEFT JOIN canonical c ON c.person_id = m.person_id
        WHERE m.entered_on <= :day AND m.recorded_at <= :known_at AND NOT EXISTS (
            SELECT FROM membership_end e
            WHERE e.membership_id = m.id AND e.ceased_on <= :day AND e.recorded_at <= :known_at)
    ), held AS (
        SELECT e.person_id, s.code, l.share_class_id, sum(l.shares) AS shares
        FROM lot l JOIN entered e ON e.id = l.membership_id JOIN share_class s ON s.id = l.share_class_id
        WHERE l.allotted_on <= :day AND l.recorded_at <= :known_at AND NOT EXISTS (
            SELECT FROM lot_end WHERE lot_id = l.id AND ended_on <= :day AND recorded_at <= :known_at)
            AND (:all_classes OR s.code = ANY (:classes))
        GROUP BY e.person_id, s.code, l.share_class_id
    ), voting AS (
        SELECT held.person_id, sum(shares) AS shares, array_agg(code) AS codes,
            sum(CASE coalesce(votes_rule, 'one vote per share')
                WHEN 'one vote per share' THEN shares
                WHEN 'one vote per share, capped' THEN least(shares, coalesce(votes_cap, shares)) ELSE 0 END)
            + max(CASE votes_rule WHEN 'one vote per member' THEN 1 ELSE 0 END) AS by_class
        FROM held LEFT JOIN terms USING (share_class_id) GROUP BY held.person_id
    ), member AS (
        SELECT person_id, min(number) AS number, (array_agg(id ORDER BY number))[1] AS membership_id
        FROM entered GROUP BY person_id
    ), weighed AS (
        SELECT member.*, coalesce(voting.shares, 0)::bigint AS shares, coalesce(codes, ARRAY[]::varchar[]) AS codes,
            least(CASE :basis WHEN 'member' THEN CASE WHEN :all_classes OR voting.shares > 0 THEN 1 ELSE 0 END
                WHEN 'share' THEN coalesce(voting.shares, 0) ELSE coalesce(by_class, 0) END,
                coalesce(:cap, 9223372036854775807)) AS weight
        FROM member LEFT JOIN voting USING (person_id)
    )"""

_KIND = "CASE WHEN cardinality(codes) > 0 AND codes <@ CAST(:investors AS varchar[]) THEN 'investor' ELSE 'patron' END"

# The name is the last line of what is hashed, so no name can be taken for another line.
_LEAF = (
    "encode(sha256(convert_to(concat_ws(E'\\n', nonce, roll, number, weight, shares, kind, college, name), 'UTF8')), "
    "'hex')"
)

FREEZE = f"""
    {_HOLDERS}, placed AS (
        SELECT weighed.*, {_KIND} AS kind, coalesce((
            SELECT college.value->>'name' FROM jsonb_array_elements(CAST(:colleges AS jsonb)) WITH ORDINALITY college
            WHERE weighed.codes && ARRAY(SELECT jsonb_array_elements_text(college.value->'classes'))::varchar[]
            ORDER BY college.ordinality LIMIT 1), '') AS college
        FROM weighed WHERE weight > 0
    ), listed AS (
        SELECT placed.*, coalesce(known.legal_name, '') AS name,
            replace(gen_random_uuid()::text, '-', '') AS nonce, '{Roll.REGISTER.value}' AS roll
        FROM placed {same_sql("placed.person_id")} {known_sql("placed.person_id")}
        WHERE :without_colleges OR college <> ''
    )
    INSERT INTO elector (ballot_id, roll, number, membership_id, person_id, name, weight, shares, kind, college,
        nonce, leaf)
    SELECT :ballot_id, roll, number, membership_id, person_id, name, weight, shares, kind, college, nonce, {_LEAF}
    FROM listed ORDER BY number"""

_OUTSTANDING = """
    SELECT coalesce(sum(l.shares), 0) FROM lot l JOIN share_class s ON s.id = l.share_class_id
    WHERE l.allotted_on <= :day AND l.recorded_at <= :known_at AND NOT EXISTS (
        SELECT FROM lot_end WHERE lot_id = l.id AND ended_on <= :day AND recorded_at <= :known_at)
        AND (:all_classes OR s.code = ANY (:classes))"""


class RecordDateNotOver(Refusal):
    """Until the record date is over, shares still move."""

    message = N_("The record date is not over yet. The electorate is frozen after its last moment.")
    status = 409


class NobodyEntitled(Refusal):
    """The rule of the electorate selects nobody, so there is nothing to open."""

    message = N_("By these rules nobody may vote: no member held a vote at the record date. Nothing was frozen.")
    status = 409


def freeze_electorate(session: Session, slug: str, *, by: int | None) -> Electorate:
    """Freeze the electorate of a called ballot as the register showed it at the end of the record date."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, BallotState.CALLED)
    terms = ballot.terms
    if clock.now() < end_of_day(terms.record_date, terms.zone):
        raise RecordDateNotOver
    known_at = clock.now()
    session.execute(text(FREEZE), _asked(ballot, known_at))
    count, weight, shares = totals(session, ballot)
    if count == 0:
        raise NobodyEntitled
    digest = roll_sha256(leaves(session, ballot.id))
    row = Electorate(
        ballot_id=ballot.id,
        record_date=terms.record_date,
        known_at=known_at,
        rule=rule_data(terms),
        electors=count,
        weight=weight,
        shares=shares,
        outstanding_shares=int(session.execute(text(_OUTSTANDING), _asked(ballot, known_at)).scalar_one()),
        sha256=digest,
        seed="" if terms.seed_from else digest,
        frozen_at=clock.now(),
        frozen_by=by,
    )
    session.add(row)
    session.flush()
    tag = audit.Tag.ELECTORATE_FROZEN
    audit.record(session, tag, ballot.subject, by=by, electors=count, weight=weight, sha256=digest)
    move_ballot(session, ballot, BallotState.READY, by=by, reason="")
    return row


def totals(session: Session, ballot: Ballot) -> tuple[int, int, int]:
    """How many electors were frozen, with which weight and how many shares."""
    found = session.execute(
        select(func.count(), func.coalesce(func.sum(Elector.weight), 0), func.coalesce(func.sum(Elector.shares), 0))
        .select_from(Elector)
        .where(Elector.ballot_id == ballot.id, Elector.correction_id.is_(None))
    ).one()
    count, weight, shares = (int(each) for each in found)
    return count, weight, shares


def leaves(session: Session, ballot_id: int) -> Iterable[str]:
    """The hashes of the electors as frozen, sorted."""
    rows = select(Elector.leaf).where(Elector.ballot_id == ballot_id, Elector.correction_id.is_(None))
    return session.scalars(rows.order_by(Elector.leaf.collate("C")), execution_options={"yield_per": BATCH})


def leaf_of(elector: Elector) -> str:
    """The hash of an elector's line, as the statement that freezes the roll writes it."""
    e = elector
    return line_sha256(e.nonce, e.roll, e.number, e.weight, e.shares, e.kind, e.college, e.name)


def rule_data(terms: BallotTerms) -> dict[str, Any]:
    """By what the electorate was selected, as it is kept and published with it."""
    return {
        "basis": Basis(terms.basis).name.lower(),
        "cap": terms.votes_cap,
        "classes": list(terms.classes),
        "investor_classes": list(terms.investor_classes),
        "colleges": terms.colleges,
        "colleges_proportional": terms.colleges_proportional,
        "record_date": terms.record_date.isoformat(),
        "zone": terms.zone,
    }


def _asked(ballot: Ballot, known_at: datetime) -> dict[str, Any]:
    terms = ballot.terms
    return {
        "ballot_id": ballot.id,
        "day": terms.record_date,
        "known_at": known_at,
        "all_classes": not terms.classes,
        "classes": list(terms.classes),
        "investors": list(terms.investor_classes),
        "basis": Basis(terms.basis).name.lower(),
        "cap": terms.votes_cap,
        "colleges": json.dumps(terms.colleges),
        "without_colleges": not terms.colleges,
    }


assert {kind.value for kind in ElectorKind} == {"patron", "investor"}, "the statement names the kinds"
