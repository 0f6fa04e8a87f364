"""Bulk: an issue of certificates is records under one root with one timestamp, and files when somebody asks."""

import json
from base64 import b64decode

import pytest
from asn1crypto.cms import ContentInfo
from click.testing import CliRunner
from sqlalchemy import func, select, text

from app.cli import costake
from app.core.database import reading, transaction
from app.core.settings import settings
from app.documents.bulk.filing import certify, file_part
from app.documents.bulk.merkle import climb, leaf
from app.documents.bulk.models import DocumentIssue, DocumentIssueSeal, DocumentLeaf
from app.documents.bulk.sealing import timestamp_issue
from app.documents.filing import read_document
from app.documents.kinds import kind_of
from app.documents.models import Document, DocumentFile
from app.documents.seals.sealing import digest_signed
from app.documents.verifying.standing import verify_file
from app.members.models import Person
from app.offers.closing import close_offer
from app.proofs import prove
from app.shares.models import Lot
from app.worker import run_until_idle
from tests import make
from tests.documents.test_downloading import browser
from tests.ledger.test_proofs import falsify


def settled(database, monkeypatch, people: int, bulk_from: int) -> None:
    """An offer whose shares are allotted, with every job done."""
    monkeypatch.setenv("COSTAKE_CERTIFICATES_BULK_FROM", str(bulk_from))
    settings.cache_clear()
    with transaction() as session:
        make.open_offer(session, target_cents=100 * make.PRICE.minor)
    for number in range(people):
        with transaction() as session:
            make.paid_pledge(session, email=f"{number}@example.org", legal_name=f"Maya Whitfield {number}")
    with transaction() as session:
        make.settle(session, close_offer(session, make.SLUG, by=None))
    failures = run_until_idle()
    assert [failure.job for failure in failures if "timestamp" not in failure.job] == []


def certificates() -> list[Document]:
    with reading() as session:
        kind = select(Document).where(Document.kind == "certificate")
        return list(session.scalars(kind.order_by(Document.number)))


def count(table: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table))


@pytest.mark.falsified
def test_an_issue_is_sealed_by_one_root_and_its_files_are_made_when_asked_for(
    database,
    monkeypatch,
    own_seal,
    authority,
    tmp_path,
):
    monkeypatch.setenv("COSTAKE_TSA_URL", "http://127.0.0.1:9/")
    settled(database, monkeypatch, people=3, bulk_from=3)
    found = certificates()
    assert [document.pdf_sha256 for document in found] == [None] * 3
    assert {document.facts["legal_name"] for document in found} == {f"Maya Whitfield {n}" for n in range(3)}
    code = found[1].verify_code
    text = browser(None).get(f"/verify/{code}").text
    assert "2 of 3 in its issue" in text
    assert "the trusted timestamp will be added later" in text
    monkeypatch.setenv("COSTAKE_TSA_URL", authority)
    settings.cache_clear()
    with reading() as session:
        issue = session.scalars(select(DocumentIssue)).one()
    for _ in range(2):  # jobs run at least once
        with transaction() as session:
            timestamp_issue(session, issue.id)
            file_part(session, issue.id, after=0)
            certify(session, issue.cause)
    run_until_idle()
    assert (count(DocumentIssue), count(DocumentLeaf), count(Document)) == (1, 3, len(certificates()) + _others())

    text = browser(None).get(f"/verify/{code}").text
    assert "will be added later" not in text
    assert "Maya" not in text
    proof = browser(None).get(f"/verify/{code}/proof.json").json()
    assert proof["facts_sha256"] == found[1].facts_sha256
    root = climb(
        leaf(proof["facts_sha256"]), proof["place"], proof["count"], [bytes.fromhex(each) for each in proof["path"]]
    )
    assert root.hex() == proof["root_sha256"]
    token = ContentInfo.load(b64decode(proof["timestamp"]))["content"]["encap_content_info"]["content"].parsed
    assert token["message_imprint"]["hashed_message"].native == root
    assert digest_signed(b64decode(proof["signature"]))
    assert browser(None).get(f"/verify/{found[1].facts_sha256}/proof.json").status_code == 404

    with transaction() as session:
        holder = session.get_one(Person, found[1].person_id)
        _, content = read_document(session, found[1].number, by=holder)
        assert read_document(session, found[1].number, by=holder)[1] == content
    with reading() as session:
        [made] = session.scalars(select(DocumentFile).where(DocumentFile.document_id == found[1].id))
        assert made.engine.endswith(f"template {kind_of('certificate').template_version}")
    with reading() as session:
        verified = verify_file(session, content)
        assert verified.holds
        assert verified.seal["facts_sha256"] == proof["facts_sha256"]
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(content)
    said = CliRunner().invoke(costake, ["verify", str(paper)]).stdout
    assert "Issue: record 2 of 3" in said
    assert "Path: holds" in said

    with transaction() as session:
        make.staff(session, "auditor")
    shown = browser("auditor@example.org").get("/desk/documents/queue").text
    assert "sealed and timestamped" in shown
    assert "1 of 3 files" in shown

    folder = tmp_path / "files"
    asked = ["documents", "render", "--kind", "certificate", "--all", "-o", str(folder), "--json"]
    told = [json.loads(CliRunner().invoke(costake, asked).stdout) for _ in range(2)]
    assert [(each["documents"], each["made"]) for each in told] == [(3, 2), (3, 0)]
    assert sorted(each.name for each in folder.iterdir()) == sorted(f"certificate-{each.number}.pdf" for each in found)
    assert (folder / f"certificate-{found[1].number}.pdf").read_bytes() == content
    assert CliRunner().invoke(costake, ["documents", "render", "--kind", "nonsense", "--all"]).exit_code == 2

    falsify(database, "document", f"UPDATE document SET facts_sha256 = repeat('0', 64) WHERE id = {found[1].id}")
    with reading() as session:
        failing = {proof.name for proof, finding in prove(session) if not finding.holds}
        assert "Every issue's root is over its records" in failing
        assert not verify_file(session, content).holds
    assert "does not hold" in browser(None).get(f"/verify/{code}").text


def _others() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).where(Document.kind != "certificate"))


def test_few_certificates_have_files_at_once_and_a_seal_of_their_own(database, monkeypatch):
    settled(database, monkeypatch, people=1, bulk_from=2)
    [document] = certificates()
    assert document.pdf_sha256
    assert (count(DocumentIssue), count(DocumentIssueSeal)) == (0, 0)
    with reading() as session:
        assert document.source == f"certificate:lot:{session.scalars(select(Lot.id)).one()}"
    assert browser(None).get(f"/verify/{document.verify_code}/proof.json").status_code == 404


def test_what_was_given_up_is_listed_with_its_number_and_what_it_is_about(database):
    failed = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) "
        "VALUES ('default', 'documents.file_receipt', '{\"receipt_id\": 7}', 'failed', 9) RETURNING id"
    )
    with transaction() as session:
        make.staff(session, "auditor")
        number = session.execute(text(failed)).scalar_one()
    shown = browser("auditor@example.org").get("/desk/documents/queue").text
    assert f'class="number">{number}</th>' in shown
    assert "file receipt" in shown
    assert "receipt_id: 7" in shown
