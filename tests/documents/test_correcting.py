"""Correcting: the next version takes the document's place, the old one stays and says so; a full disk is told."""

import errno

import pytest

from app.core import vault
from app.core.database import reading, transaction
from app.core.errors import NotFound
from app.documents.correcting import NothingChanged, ReplacedAlready, correct_document
from app.documents.filing import content_of, documents_of, file_document, read_document
from app.documents.models import Document
from app.documents.verifying.standing import standing_of_code, verify_file
from app.members.models import Person
from tests import make
from tests.documents.test_rendering import said

DECISION = {
    "organization": "Costake",
    "legal_name": "Maya Whitfield",
    "asked_at": "2026-11-20T10:00:00+00:00",
    "decided_at": "2026-11-23T10:00:00+00:00",
    "reason": "asket for",
    "erased": {},
    "kept": [],
    "organization_seat": "",
    "delete_after": None,
}


def test_a_correction_takes_the_place_of_what_was_wrong_and_both_can_be_verified(database):
    with transaction() as session:
        maya, wei = make.person(session), make.person(session, "wei@example.org", "Wei Chen")
        first = file_document(session, "erasure-decision", "request:1", maya, DECISION, also=[wei], profile="fr-scic")
        assert (first.profile_id, first.version) == ("fr-scic", 1)
        before, code, old = content_of(session, first), first.verify_code, first.id
        with pytest.raises(NothingChanged):
            correct_document(session, first, {"reason": "asket for"}, reason="a slip", by=None)
        later = correct_document(session, first, {"reason": "asked for"}, reason="a slip", by=None)
        assert (later.version, later.replaces_id, later.profile_id) == (2, first.id, "fr-scic")
        assert later.number != first.number
        assert "version 2" in said(content_of(session, later))
        assert documents_of(session, wei) == [later, first]
        assert read_document(session, later.number, by=wei)[0] is later
        with pytest.raises(NotFound):
            read_document(session, later.number, by=make.person(session, "stranger@example.org"))
        third = correct_document(session, later, {"reason": "asked for by letter"}, reason="more", by=None)
        assert third.source == "erasure-decision:request:1#3"
    with pytest.raises(ReplacedAlready), transaction() as session:
        correct_document(session, session.get_one(Document, old), {"reason": "x"}, reason="late", by=None)
    with reading() as session:
        standing = standing_of_code(session, code)
        assert (standing.is_latest, standing.replaced_by_version) == (False, 2)
        found = verify_file(session, before)
        assert (found.outcome, found.holds) == ("genuine", False)


def test_a_full_disk_is_said_and_nothing_is_filed(database, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with transaction() as session:
        maya = make.person(session).id
    monkeypatch.setattr("app.core.vault.os.fsync", full)
    with pytest.raises(vault.Full), transaction() as session:
        file_document(session, "erasure-decision", "request:1", session.get_one(Person, maya), DECISION)
    monkeypatch.undo()
