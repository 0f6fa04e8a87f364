"""Files: a document is uploaded as a form of several parts, and named as evidence of a dispute afterwards."""

import hashlib
import re
from urllib.parse import urlencode

from app.stripedouble.books import Books
from app.stripedouble.errors import Failure, Thing, invalid
from app.stripedouble.operations import listed, operation
from app.stripedouble.shapes import rendered

EVIDENCE = "dispute_evidence"
BYTES_MAX = 5_000_000
_TYPES = {b"%PDF-": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}
_BOUNDARY = re.compile(rb'boundary="?([^";,\s]+)')
_NAME = re.compile(rb'[; ]name="([^"]*)"')
_FILE = re.compile(rb'[; ]filename="([^"]*)"')


def unpacked(kind: bytes, body: bytes) -> tuple[bytes, bytes]:
    """A form of several parts as one that is url-encoded, the same for the same parts, and the file that was in it."""
    boundary = _BOUNDARY.search(kind)
    if boundary is None:
        raise invalid("The form has no boundary.")
    pairs, file = [], b""
    for part in body.split(b"--" + boundary[1])[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name, filename, value = _NAME.search(head), _FILE.search(head), content.removesuffix(b"\r\n")
        if name is None:
            raise invalid("A part of the form has no name.")
        if filename is not None:
            file, value = value, filename[1] + b" " + hashlib.sha256(value).hexdigest().encode()
        pairs.append((name[1], value))
    return urlencode(pairs).encode(), file


@operation("POST", "/v1/files", "FileCreateParams")
def create(books: Books, params: Thing) -> Thing:
    content = books.uploaded
    if not content:
        raise invalid("Missing required param: file.", "file", "parameter_missing")
    kind = next((kind for head, kind in _TYPES.items() if content.startswith(head)), None)
    if params["purpose"] != EVIDENCE:
        raise invalid("The double takes files that are evidence of disputes only.", "purpose")
    if kind is None:
        raise invalid("Evidence must be a PDF, JPEG or PNG file.", "file")
    if len(content) > BYTES_MAX:
        raise Failure(400, "invalid_request_error", "File is too large.", code="file_too_large", param="file")
    made = books.new(
        "file",
        filename=str(params["file"]).rpartition(" ")[0],
        links={"object": "list", "data": [], "has_more": False, "url": "/v1/file_links"},
        purpose=params["purpose"],
        size=len(content),
        type=kind,
    )
    books.hidden[made["id"]] = {"sha256": hashlib.sha256(content).hexdigest()}
    return rendered(made)


@operation("GET", "/v1/files/{file}", "FileRetrieveParams")
def retrieve(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(books.find("file", identifier))


@operation("GET", "/v1/files", "FileListParams")
def list_all(books: Books, params: Thing) -> Thing:
    return listed(books, "file", params, "/v1/files", {"purpose": params.get("purpose")})
