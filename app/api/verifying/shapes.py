"""Shapes of verifying: what may be told of a document by its code, and of a file by its bytes."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, Strict

from app.api.files import FILE_MAX, content_of
from app.api.shapes import Given, Taken
from app.core.contents import Kind, kind_of
from app.core.errors import InvalidInput, Refusal
from app.documents.verifying.standing import Outcome, Standing, Verified


class StandingGiven(Given):
    """What stands of a document of ours; nothing of whom it concerns."""

    code: str
    title: str
    number: int
    version: int
    issued_at: datetime
    organization: str
    facts_sha256: str = Field(description="Of the canonical JSON of its facts, in hexadecimal.")
    holds: bool = Field(description="Whether it is the latest, what it says still stands, and our record is unaltered.")
    replaced_at: datetime | None
    replaced_by_version: int | None
    ended: bool = Field(description="Of a certificate: its shares are no longer held under it.")
    undone: bool = Field(description="What it tells of was reversed.")
    record_holds: bool = Field(description="Whether the facts that we keep have the hash noted when they were filed.")
    emptied_at: datetime | None = Field(description="When its contents were erased by a decision.")


class FileTaken(Taken):
    """A PDF that somebody holds; it is not kept."""

    file: Annotated[str, Strict(), Field(min_length=1, max_length=FILE_MAX)] = Field(
        description="The file's bytes as base64.", json_schema_extra={"contentEncoding": "base64"}
    )

    def pdf(self) -> bytes:
        """The file's own bytes, if they are those of a PDF."""
        content = content_of(self.file)
        try:
            kind_of(content, (Kind.PDF,))
        except Refusal as refusal:
            raise InvalidInput({"file": refusal}) from refusal
        return content


class SealGiven(Given):
    """The last seal in a file."""

    by: str | None
    intact: bool = Field(description="Whether what it covers is unaltered.")
    whole: bool = Field(description="Whether it covers everything in the file.")
    ours: bool
    timestamp: datetime | None


class FileVerified(Given):
    """What a file is."""

    outcome: Outcome = Field(
        description="`genuine`: every byte is as it was filed; `altered`: it names a document of ours whose bytes it "
        "does not have; `unknown`: no document of ours."
    )
    holds: bool = Field(description="Whether the file may be relied on as the latest word.")
    facts_hold: bool | None = Field(description="Whether the facts in the file are those on record; null: not known.")
    document: StandingGiven | None
    seal: SealGiven | None = Field(description="null: the file has none that can be read.")


def standing_given(standing: Standing, title: str) -> StandingGiven:
    """What stands, with the title of its kind in a reader's language."""
    return StandingGiven(
        code=standing.code,
        title=title,
        number=standing.number,
        version=standing.version,
        issued_at=standing.issued_at,
        organization=standing.organization,
        facts_sha256=standing.facts_sha256,
        holds=standing.is_latest,
        replaced_at=standing.replaced_at,
        replaced_by_version=standing.replaced_by_version,
        ended=standing.ended,
        undone=standing.undone,
        record_holds=standing.record_holds,
        emptied_at=standing.emptied.at if standing.emptied else None,
    )


def file_verified(verified: Verified, title: str) -> FileVerified:
    """What a file is, with the title of its document's kind in a reader's language."""
    seal = verified.seal
    return FileVerified(
        outcome=verified.outcome,
        holds=verified.holds,
        facts_hold=verified.facts_hold,
        document=standing_given(verified.standing, title) if verified.standing else None,
        seal=SealGiven(**{name: seal[name] for name in SealGiven.model_fields}) if seal["sealed"] else None,
    )
