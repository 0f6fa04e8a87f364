"""Shapes of changes to ballots: texts of an item, a later closing, a document that is laid before the voters."""

from typing import Annotated

from pydantic import Field

from app.api.ballotdesk.shapes import TextsTaken
from app.api.files import FileTaken
from app.api.shapes import Given, Line, Moment, OptionalLine, ReasonTaken, Taken
from app.core.uploads import Upload


class ItemTextsTaken(Taken):
    """The next texts of an item; after the notice they are an amendment, which gives its reason."""

    title: TextsTaken
    text: TextsTaken
    reason: Annotated[OptionalLine, Field(max_length=500)] = Field("", description="Needed after the notice.")


class ClosingTaken(ReasonTaken):
    """A later moment at which a ballot closes."""

    closes_at: Moment


class DocumentTaken(FileTaken):
    """A PDF that is laid before people, and the name under which they find it."""

    file_name: Annotated[Line, Field(max_length=200, examples=["articles.pdf"])]


class DocumentKept(Given):
    """A document that was taken in."""

    id: int
    file_name: str
    sha256: str = Field(description="Of the file.")


def document_kept(row: Upload) -> DocumentKept:
    """A document as the API says it."""
    return DocumentKept(id=row.id, file_name=row.shown_name, sha256=row.sha256)
