"""The page on which anyone verifies a document: by the code on the paper, or by the file itself."""

import json
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.core.contents import Kind
from app.core.errors import NotFound
from app.core.limits import Limit
from app.documents.bulk.proving import proof_of
from app.documents.codes import read_code
from app.documents.verifying.standing import document_coded, standing_of_code, verify_file
from app.web.database import Snapshot
from app.web.forms import Fields, Form, shown_again
from app.web.limiting import LOOKUP, limited
from app.web.pages import page, redirect
from app.web.uploads import UploadField, takes_files

router = APIRouter(prefix="/verify")
PAGE, FOUND = "documents/verifying/form.html", "documents/verifying/found.html"
FILE = UploadField("file", (Kind.PDF,))
FILES = Limit("verify:files", 60, timedelta(hours=1))
"""Files that are examined for one network: each takes a process for a moment."""


@router.get("")
def show(request: Request) -> Response:
    """The form that takes the code of a document, or its file."""
    return page(request, PAGE, field=FILE)


@router.get("/{code}", dependencies=LOOKUP)
def look_up(request: Request, session: Snapshot, code: str) -> Response:
    """What stands of the document with a code: whether it is ours and the latest, and nothing of whom it concerns."""
    with shown_again(request, PAGE, {"code": code[:40]}, field=FILE):
        standing = standing_of_code(session, code)
    return page(request, FOUND, standing=standing, verified=None)


@router.get("/{code}/proof.json", dependencies=LOOKUP)
def give_proof(session: Snapshot, code: str) -> Response:
    """What proves a document that was filed among many: its path to the root that was signed and timestamped."""
    proof = proof_of(session, document_coded(session, code))
    if proof is None:
        raise NotFound
    return Response(
        json.dumps(proof, indent=2) + "\n",
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="proof-{read_code(code)}.json"'},
    )


@router.post("", dependencies=LOOKUP)
def find(request: Request, session: Snapshot, fields: Fields) -> Response:
    """Lead to the page of a code as it was typed."""
    with shown_again(request, PAGE, fields, field=FILE):
        code = standing_of_code(session, fields.get("code", "")).code
    return redirect(request, f"/verify/{code}")


@router.post("/file", dependencies=[limited(FILES)])
@takes_files
def examine(request: Request, session: Snapshot, fields: Fields) -> Response:
    """Compare a file with what was filed, and examine its seal; the file is not kept."""
    with shown_again(request, PAGE, fields, field=FILE):
        form = Form(fields)
        file = FILE.read(fields, form)
        form.done()
        verified = verify_file(session, file.content)
    return page(request, FOUND, standing=verified.standing, verified=verified)
