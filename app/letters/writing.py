"""Writing a letter: its row and the job that sends it are committed with the act it tells of."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.core import clock, jobs
from app.core.bulk import new_ids, write_rows
from app.letters.addressing import address_for
from app.letters.models import Channel, Letter

SEND_JOB = "letters.send"


def write(session: Session, name: str, to: str | None, lang: str, person_id: int | None = None, **facts: Any) -> Letter:
    """Write the letter `templates/letters/<name>` to an address; the worker sends it after the commit.

    One to a person goes where `letters.addressing` says; without any address it waits at the desk to go by post.
    Facts are JSON values: money in minor units with its currency, ids in place of links' tokens.
    """
    address = address_for(session, name, person_id, to)
    letter = Letter(
        to_address=address,
        language=lang,
        name=name,
        facts=facts,
        person_id=person_id,
        written_at=clock.now(),
        channel=Channel.EMAIL if address else Channel.POST,
    )
    session.add(letter)
    session.flush()
    if address:
        jobs.defer(session, SEND_JOB, letter_id=letter.id)
    return letter


def write_many(session: Session, name: str, letters: Sequence[dict[str, Any]]) -> None:
    """Write one letter to many people at once: `to`, `lang`, `person_id` and `facts` of each, as `write` takes them."""
    now, ids = clock.now(), new_ids(session, Letter, len(letters))
    rows = [
        {
            "id": number,
            "to_address": address_for(session, name, each["person_id"], each["to"]),
            "language": each["lang"],
            "name": name,
            "facts": each["facts"],
            "person_id": each["person_id"],
            "written_at": now,
        }
        for number, each in zip(ids, letters, strict=True)
    ]
    channels = [Channel.EMAIL if row["to_address"] else Channel.POST for row in rows]
    write_rows(session, Letter, [row | {"channel": way} for row, way in zip(rows, channels, strict=True)])
    jobs.defer_many(session, SEND_JOB, [{"letter_id": row["id"]} for row in rows if row["to_address"]])
