"""What is still to be made: the worker's queue of documents, and how far each issue of certificates is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

LATEST = 20
_QUEUE = """
SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),
    count(*) FILTER (WHERE status = 'failed')
FROM procrastinate_jobs WHERE task_name LIKE 'documents.%' AND status IN ('todo', 'doing', 'failed')
"""
_GIVEN_UP = """
SELECT j.id, j.task_name, j.args, j.attempts, max(e.at) FROM procrastinate_jobs j
LEFT JOIN procrastinate_events e ON e.job_id = j.id
WHERE j.task_name LIKE 'documents.%' AND j.status = 'failed' GROUP BY j.id ORDER BY j.id DESC LIMIT :most
"""
_ISSUES = """
SELECT i.id, i.cause, i.begun_at, s.sealed_at, t.stamped_at,
    coalesce(s.count, (SELECT count(*) FROM document_leaf l WHERE l.issue_id = i.id)) AS records,
    (SELECT count(DISTINCT f.document_id) FROM document_file f JOIN document_leaf l USING (document_id)
        WHERE l.issue_id = i.id) AS files
FROM document_issue i LEFT JOIN document_issue_seal s ON s.issue_id = i.id
LEFT JOIN document_issue_timestamp t ON t.issue_id = i.id ORDER BY i.id DESC LIMIT :most
"""


@dataclass(frozen=True)
class Queue:
    """Jobs of documents: how many wait, are at work, and were given up after many tries."""

    waiting: int
    working: int
    failed: int


@dataclass(frozen=True)
class GivenUp:
    """A job that was tried as often as is done: its number, which the worker's log names too, and what it is about."""

    id: int
    task: str
    about: dict[str, Any]
    attempts: int
    last_at: datetime | None


@dataclass(frozen=True)
class Progress:
    """How far an issue is: its records, when it was sealed and timestamped, and how many files were asked for."""

    id: int
    cause: str
    begun_at: datetime
    sealed_at: datetime | None
    stamped_at: datetime | None
    records: int
    files: int


def queue_of_documents(session: Session) -> Queue:
    """The worker's queue as it stands."""
    return Queue(*session.execute(text(_QUEUE)).one())


def given_up(session: Session) -> list[GivenUp]:
    """The latest jobs of documents that were given up, the newest first."""
    rows = session.execute(text(_GIVEN_UP), {"most": LATEST})
    return [GivenUp(row[0], row[1].partition(".")[2].replace("_", " "), *row[2:]) for row in rows]


def latest_issues(session: Session) -> list[Progress]:
    """The latest issues of certificates, the newest first."""
    return [Progress(*row) for row in session.execute(text(_ISSUES), {"most": LATEST})]
