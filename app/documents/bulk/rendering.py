"""Rendering many records into files: for those who need the files; what was made before is not made again."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import exists, func, select

from app.core import vault
from app.core.database import reading, transaction
from app.core.settings import settings
from app.documents.filing import file_name, file_of, keep_file
from app.documents.freezing import key_for, pdf_of
from app.documents.models import Document, DocumentFile

AT_ONCE = 40
"""Documents of one transaction: whoever stops the command loses no more."""


def count_of(kind: str) -> int:
    """How many documents of a kind there are."""
    with reading() as session:
        return session.scalar(select(func.count()).where(Document.kind == kind)) or 0


def render_all(kind: str, folder: Path | None) -> Iterator[tuple[int, int]]:
    """Make the files of all documents of a kind that have none, and write each into a folder that lacks it.

    Yields after each part how many were gone through and how many of these were made now. A file in the folder is
    called `certificate-12.pdf`; one that is there already, with other bytes than the document's, is written anew.
    """
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    after = 0
    with ThreadPoolExecutor(settings().document_processes) as threads:
        while True:
            with reading() as session:
                wanted = select(Document).where(Document.kind == kind, Document.number > after)
                part = session.scalars(wanted.order_by(Document.number).limit(AT_ONCE)).all()
            if not part:
                return
            made = _make(part, threads)
            if folder is not None:
                _write(part, folder)
            after = part[-1].number
            yield len(part), made


def _make(part: Sequence[Document], threads: ThreadPoolExecutor) -> int:
    """Lay out and seal beside each other, and keep what was made in one transaction."""
    with reading() as session:
        later = exists().where(DocumentFile.document_id == Document.id)
        bare = select(Document.id).where(Document.pdf_sha256.is_(None), ~later)
        ids = set(session.scalars(bare.where(Document.id.in_([each.id for each in part]))))
    waiting = [each for each in part if each.id in ids]
    pages = list(threads.map(lambda each: pdf_of(each, key_for(each)), waiting))
    with transaction() as session:
        for document, (content, engine) in zip(waiting, pages, strict=True):
            session.execute(select(Document.id).where(Document.id == document.id).with_for_update(key_share=True))
            if file_of(session, document) is None:  # nobody asked for it meanwhile
                keep_file(session, document, content, engine)
    return len(waiting)


def _write(part: Sequence[Document], folder: Path) -> None:
    with reading() as session:
        found = [(each, file_of(session, each)) for each in part]
    for document, sha256 in found:
        assert sha256 is not None, "it was made before"
        place, content = folder / file_name(document), vault.get(sha256)
        if not place.exists() or place.read_bytes() != content:
            draft = place.with_name(f".{place.name}.part")
            with ExitStack() as undo:
                undo.callback(draft.unlink, missing_ok=True)
                draft.write_bytes(content)
                os.replace(draft, place)
