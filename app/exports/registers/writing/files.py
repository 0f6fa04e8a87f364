"""Files of registers: one act writes any register in any form, after comparing it with the books."""

from typing import BinaryIO

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.exports.registers.asking import Progress, Wanted, is_kept
from app.exports.registers.checking import refuse_disagreeing

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "ocf": "application/zip",
}
ENDINGS = {form: form for form in MEDIA} | {"ocf": "ocf.zip"}


class UnknownForm(Refusal):
    """There is no such form of a file."""

    message = N_("There is no format “{form}”. Choose one of: {known}.")
    field = "form"


class NotKept(Refusal):
    """The tables of this register are not there."""

    message = N_("Nothing is kept for this register yet.")
    status = 404


def known_form(form: str) -> str:
    """A form of files; raises `UnknownForm`."""
    if form not in MEDIA:
        raise UnknownForm(form=form[:20], known=list(MEDIA))
    return form


def write_register(
    session: Session,
    wanted: Wanted,
    form: str,
    file: BinaryIO,
    *,
    language: str = "en",
    progress: Progress = lambda done: None,
) -> int:
    """Write a register from one snapshot; how many lines it has (of OCF: transactions).

    Raises `RegisterDisagrees` before a byte is written, `TooLongForPdf`, `UnknownForm` and `NotKept`.
    """
    known_form(form)
    if not is_kept(session, wanted.register):
        raise NotKept
    refuse_disagreeing(session, wanted)
    return _write(session, wanted, form, file, language, progress)


def _write(session: Session, wanted: Wanted, form: str, file: BinaryIO, language: str, progress: Progress) -> int:
    """Each form's library is loaded only when it is asked for."""
    if form == "csv":
        from app.exports.registers.writing.csvs import write_csv

        return write_csv(session, wanted, file, progress)
    if form == "json":
        from app.exports.registers.writing.jsons import write_json

        return write_json(session, wanted, file, progress)
    if form == "xlsx":
        from app.exports.registers.writing.sheets import write_xlsx

        return write_xlsx(session, wanted, file, language, progress)
    if form == "parquet":
        from app.exports.registers.writing.parquet import write_parquet

        return write_parquet(session, wanted, file, progress)
    if form == "pdf":
        from app.exports.registers.writing.pdfs import write_pdf

        return write_pdf(session, wanted, file, language, progress)
    from app.exports.opencaptable.packing import write_package

    return write_package(session, wanted.as_of, wanted.known_at, file, progress)
