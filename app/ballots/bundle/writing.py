"""Writing the audit bundle of a counted ballot: public by default, or full, with names, for an inspector."""

from collections.abc import Iterator
from itertools import groupby
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.bundle.format import Listed, pour_bundle, write_bundle
from app.ballots.bundle.papers import secret_part
from app.ballots.bundle.proxies import proxies_part
from app.ballots.calling import notice_texts
from app.ballots.casting.models import Vote, VotePart
from app.ballots.casting.stores import store_of
from app.ballots.drafting import Item, find_ballot, items_of, moves_of, noticed_text, texts_of
from app.ballots.electorate.freezing import BATCH, leaves, rule_data
from app.ballots.electorate.models import Elector, Electorate
from app.ballots.electorate.reading import corrections_of
from app.ballots.models import Ballot, BallotNotice, BallotState, BallotTerms, Casting, MeetingTerms
from app.ballots.records import records_of
from app.ballots.result.certifying import certificate_of, result_of
from app.core import audit
from app.core.errors import N_, Refusal
from app.core.uploads import uploads_of
from app.members.models import Person
from app.members.persons import name_of

COUNTED = (BallotState.COUNTED, BallotState.OBJECTED, BallotState.CERTIFIED)
PAGE_MOST = 100_000
_TERMS = (
    "title", "law", "zone", "votes_cap", "classes", "investor_classes", "colleges", "colleges_proportional",
    "changes_allowed", "splits_allowed", "seed_from",
)  # fmt: skip
_LINE = ("leaf", "nonce", "roll", "number", "weight", "shares", "kind", "college", "name")


class NotCountedYet(Refusal):
    """Before the count a bundle would tell how the vote goes."""

    message = N_("The ballot is {state}. Its audit bundle is made once it is counted.")
    status = 409


class BundleTooLarge(Refusal):
    """A page makes a bundle while somebody waits, which takes too long for millions."""

    message = N_("This roll has more than {most} electors, so its audit bundle is not made here. Ask a teller for it.")
    status = 409


def require_page_size(session: Session, ballot: Ballot) -> None:
    """Refuse to make a bundle for a page when the roll is large."""
    electorate = session.get(Electorate, ballot.id)
    if electorate is not None and electorate.electors > PAGE_MOST:
        raise BundleTooLarge(most=PAGE_MOST)


def bundle_of(session: Session, ballot: Ballot, *, full: bool) -> bytes:
    """The audit bundle of a counted ballot, of one snapshot, in memory; `full` names the electors and their votes."""
    return write_bundle(_parts(session, ballot, full=full))


def pour_bundle_of(session: Session, ballot: Ballot, out: IO[bytes], *, full: bool) -> tuple[int, str]:
    """Write the same to a file, whatever the size of the ballot; how many bytes, and their SHA-256."""
    return pour_bundle(_parts(session, ballot, full=full), out)


def _parts(session: Session, ballot: Ballot, *, full: bool) -> dict[str, Any]:
    if ballot.state not in COUNTED:
        raise NotCountedYet(state=BallotState(ballot.state))
    electorate = session.get_one(Electorate, ballot.id)
    secret = ballot.terms.casting == Casting.SECRET
    return ({"secret": secret_part(session, ballot, full=full)} if secret else {}) | {
        "ballot": _ballot(ballot),
        "moves": [{"to": each.to_state, "at": each.at.isoformat()} for each in moves_of(session, ballot)],
        "notice": _notice(session, ballot),
        "items": [_item(session, item) for item in items_of(session, ballot)],
        "electorate": _electorate(electorate),
        "leaves": Listed(leaves(session, ballot.id)),
        "corrections": _corrections(session, ballot),
        "lines": Listed(_lines(session, ballot)) if full else None,
        "votes": Listed(_votes(session, ballot)) if full and not secret else None,
        "counts": _counts(session, ballot),
        "result": _result(session, ballot),
        "certificate": _certificate(session, ballot),
        "documents": _documents(session, ballot),
        "proxies": Listed(proxies_part(session, ballot)) if full else None,
    }


def note_bundle(session: Session, slug: str, sha256: str, *, full: bool) -> None:
    """Note in the audit trail that a bundle was written, by its hash."""
    audit.record(
        session, audit.Tag.BALLOT_BUNDLED, find_ballot(session, slug).subject, by=None, full=full, sha256=sha256
    )


def _ballot(ballot: Ballot) -> dict[str, Any]:
    terms = ballot.terms
    said = {name: getattr(terms, name) for name in _TERMS}
    return said | {
        "slug": ballot.slug,
        "state": ballot.state,
        "call": ballot.call,
        "casting": terms.casting,
        "basis": rule_data(terms)["basis"],
        "record_date": terms.record_date.isoformat(),
        "opens_at": terms.opens_at.isoformat(),
        "closes_at": terms.closes_at.isoformat(),
    }


def _notice(session: Session, ballot: Ballot) -> dict[str, Any]:
    """The notice, with everything it said: terms, meeting, items and documents as they were when it was given."""
    notice = session.get_one(BallotNotice, ballot.id)
    given = notice.given_at
    terms = session.scalars(
        select(BallotTerms)
        .where(BallotTerms.ballot_id == ballot.id, BallotTerms.written_at <= given)
        .order_by(BallotTerms.version.desc())
    ).first()
    meeting = session.scalars(
        select(MeetingTerms)
        .where(MeetingTerms.meeting_id == ballot.meeting_id, MeetingTerms.written_at <= given)
        .order_by(MeetingTerms.version.desc())
    ).first()
    assert terms is not None, "a ballot has terms before its notice is given"
    texts = [noticed_text(session, item) for item in items_of(session, ballot)]
    documents = [each for each in uploads_of(session, ballot.documents_subject) if each.uploaded_at <= given]
    return {
        "given_on": notice.given_on.isoformat(),
        "meets_on": notice.meets_on.isoformat(),
        "days": notice.days,
        "days_needed": notice.days_needed,
        "clear_days": notice.clear_days,
        "texts": notice_texts(terms, meeting, texts, documents),
        "texts_sha256": notice.texts_sha256,
    }


def _item(session: Session, item: Item) -> dict[str, Any]:
    """An item with the text of the notice and every amendment; drafts before are nobody's concern."""
    first = noticed_text(session, item).version
    gone = item.withdrawal
    return {
        "item": item.id,
        "position": item.row.position,
        "versions": [
            {
                "version": text.version,
                "title": text.title,
                "text": text.text,
                "question": text.question,
                "rule": text.rule,
                "is_amendment": text.is_amendment,
                "reason": text.reason,
                "written_at": text.written_at.isoformat(),
            }
            for text in texts_of(session, item)
            if text.version >= first
        ],
        "withdrawn": {"reason": gone.reason, "at": gone.withdrawn_at.isoformat()} if gone else None,
    }


def _electorate(electorate: Electorate) -> dict[str, Any]:
    return {
        "rule": electorate.rule,
        "sha256": electorate.sha256,
        "electors": electorate.electors,
        "weight": electorate.weight,
        "shares": electorate.shares,
        "outstanding_shares": electorate.outstanding_shares,
        "known_at": electorate.known_at.isoformat(),
        "frozen_at": electorate.frozen_at.isoformat(),
        "seed": electorate.seed,
    }


def _corrections(session: Session, ballot: Ballot) -> list[dict[str, Any]]:
    """Each correction by the hashes of the lines struck off and added; reasons name people and stay here."""
    entered: dict[int, list[str]] = {}
    added = select(Elector).where(Elector.ballot_id == ballot.id, Elector.correction_id.is_not(None))
    for elector in session.scalars(added.order_by(Elector.id)):
        entered.setdefault(elector.correction_id or 0, []).append(elector.leaf)
    return [
        {
            "struck": session.get_one(Elector, each.struck_id).leaf if each.struck_id else None,
            "added": entered.get(each.id, []),
            "at": each.corrected_at.isoformat(),
        }
        for each in corrections_of(session, ballot)
    ]


def _lines(session: Session, ballot: Ballot) -> Iterator[dict[str, Any]]:
    columns = [getattr(Elector, name) for name in _LINE]
    rows = select(*columns).where(Elector.ballot_id == ballot.id).order_by(Elector.leaf.collate("C"))
    for row in session.execute(rows, execution_options={"yield_per": BATCH}):
        yield dict(zip(_LINE, row, strict=True))


def _votes(session: Session, ballot: Ballot) -> Iterator[dict[str, Any]]:
    """Every vote with its elector's line, also those that were replaced or are of electors who were struck off."""
    rows = select(
        Vote.id, Elector.leaf, Vote.replaces_id, Vote.channel, Vote.cast_at,
        VotePart.item_id, VotePart.answer, VotePart.weight,
    )  # fmt: skip
    rows = rows.select_from(Vote).join(Elector, Elector.id == Vote.elector_id)
    rows = rows.join(VotePart, VotePart.vote_id == Vote.id).where(Vote.ballot_id == ballot.id)
    found = session.execute(
        rows.order_by(Vote.id, VotePart.item_id, VotePart.answer), execution_options={"yield_per": BATCH}
    )
    for (vote, leaf, replaces, channel, cast_at), parts in groupby(found, key=lambda row: tuple(row[:5])):
        yield {
            "vote": vote,
            "elector": leaf,
            "replaces": replaces,
            "channel": channel,
            "cast_at": cast_at.isoformat(),
            "parts": [{"item": item, "answer": answer, "weight": weight} for *_, item, answer, weight in parts],
        }


def _counts(session: Session, ballot: Ballot) -> list[dict[str, Any]]:
    """For each item that is counted the groups of equal answers of equal electors."""
    items = items_of(session, ballot, withdrawn=False)
    groups = store_of(ballot).groups(session, ballot, items)
    return [
        {
            "item": item.id,
            "groups": [{name: getattr(group, name) for name in group.__slots__} for group in groups[item.id]],
        }
        for item in items
    ]


def _result(session: Session, ballot: Ballot) -> dict[str, Any]:
    result = result_of(session, ballot)
    return {"facts": result.facts, "sha256": result.sha256, "counted_at": result.counted_at.isoformat()}


def _certificate(session: Session, ballot: Ballot) -> dict[str, Any] | None:
    row = certificate_of(session, ballot)
    if row is None:
        return None
    tellers = [session.get_one(Person, each) for each in (row.first_teller, row.second_teller)]
    return {
        "sha256": row.sha256,
        "statement": row.statement,
        "certified_at": row.certified_at.isoformat(),
        "tellers": [{"person": each.id, "name": name_of(session, each)} for each in tellers],
    }


def _documents(session: Session, ballot: Ballot) -> list[dict[str, Any]]:
    """The legal documents filed of the ballot, by their hashes; also of those that only staff may read."""
    return [
        {
            "number": each.number,
            "kind": each.kind,
            "about": each.about,
            "facts_sha256": each.facts_sha256,
            "pdf_sha256": each.pdf_sha256,
            "filed_at": each.filed_at.isoformat(),
        }
        for each in records_of(session, ballot, staff=True)
    ]
