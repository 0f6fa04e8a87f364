"""Uploads in forms, and downloads that no browser runs.

A route that takes files is marked with `takes_files` under its method, and reads them by an `UploadField`:

    DOCUMENT = UploadField("document", (Kind.PDF,))

    @router.post("/documents")
    @takes_files
    def add(request: Request, session: Tx, viewer: Organizer, fields: Fields) -> Response:
        form = Form(fields)
        file = DOCUMENT.read(fields, form)
        form.done()
        take_upload(session, file, kinds=DOCUMENT.kinds, subject="offer-terms:12", by=viewer.person_id)

The template shows it by `form(..., files=true)` with `upload(field, label)` inside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from app.core.contents import MEDIA_TYPES, Kind, kind_of
from app.core.errors import Refusal
from app.core.uploads import (
    UPLOAD_MAX,
    FileTooLarge,
    Reader,
    SentFile,
    Upload,
    read_upload,
    register_subject,
    take_upload,
    uploads_of,
)
from app.web.forms import FormFields, takes_files
from app.web.pages import viewer_of
from app.web.typed import Form, Missing

__all__ = [
    "Kind",
    "Reader",
    "SentFile",
    "Upload",
    "UploadField",
    "as_download",
    "read_upload",
    "reader_of",
    "register_subject",
    "take_upload",
    "takes_files",
    "uploads_of",
]

POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True)
class UploadField:
    """A field for one file: its name, the kinds that are taken, and the most bytes of it.

    With `told=False` what it is is told by whoever reads it, and nothing of it is kept or given out as it came.
    """

    name: str
    kinds: Sequence[Kind]
    most: int = UPLOAD_MAX
    told: bool = True

    @property
    def accept(self) -> str:
        """The ends of names by which browsers preselect files; nothing relies on it."""
        if not self.told:
            return ""
        ends = [f".{kind.value}" for kind in self.kinds]
        return ",".join([*ends, ".jpeg"] if Kind.JPEG in self.kinds else ends)

    @property
    def most_mb(self) -> int:
        """The most of it in megabytes, for the hint."""
        return self.most // 2**20

    def read(self, fields: FormFields, form: Form) -> SentFile:
        """The file that was sent, checked; a problem of the form's when there is none or it is not taken."""
        file = self.read_or_none(fields, form)
        if file is None:
            form.refuse(self.name, Missing())
            return SentFile("", b"")
        return file

    def read_or_none(self, fields: FormFields, form: Form) -> SentFile | None:
        """The file that was sent, checked, where it may be left out."""
        file = fields.files.get(self.name)
        if file is None:
            return None
        try:
            if len(file.content) > self.most:
                raise FileTooLarge(most=self.most_mb)
            if self.told:
                kind_of(file.content, self.kinds)
        except Refusal as refusal:
            form.refuse(self.name, refusal)
        return file


def reader_of(request: Request) -> Reader:
    """Who asks for a file."""
    viewer = viewer_of(request)
    return Reader(getattr(viewer, "person_id", None), viewer.roles if viewer else frozenset())


def as_download(upload: Upload, content: bytes) -> Response:
    """A file to save, never to show: its type from our own list, and nothing of it runs even where it is shown."""
    plain = upload.shown_name.encode("ascii", "replace").decode().replace("?", "_")
    return Response(
        content,
        media_type=MEDIA_TYPES[Kind(upload.kind)],
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(upload.shown_name, '')}",
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
