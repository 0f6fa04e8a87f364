"""What is still to be made: the worker's queue of documents, and how far each issue of certificates is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

LATEST = 20
_QUEUE = """
SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),
    count(*) FILTER (WHERE status = 'failed')
FROM procrastinate_jobs WHERE task_name LIKE 'documents.%' AND status IN ('todo', 'doing', 'failed')
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


def latest_issues(session: Session) -> list[Progress]:
    """The latest issues of certificates, the newest first."""
    return [Progress(*row) for row in session.execute(text(_ISSUES), {"most": LATEST})]
