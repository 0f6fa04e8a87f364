"""Documents of a ballot: uploads that are read with its resolutions, frozen with their hashes when notice is given."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.ballots.drafting import locked_ballot, require_state
from app.ballots.electorate.reading import electors_for
from app.ballots.models import Ballot, BallotState
from app.core.contents import Kind
from app.core.errors import N_, Refusal
from app.core.uploads import Reader, SentFile, Upload, register_subject, take_upload, uploads_of

KIND = "ballot-documents"
KINDS: Sequence[Kind] = (Kind.PDF,)
MOST = 20


class TooManyDocuments(Refusal):
    """Nobody reads so many."""

    message = N_("A ballot has at most {most} documents. Put some of them together.")
    field = "document"


def add_document(session: Session, slug: str, file: SentFile, *, by: int) -> Upload:
    """Add a document to a draft; the notice freezes it."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, BallotState.DRAFT)
    if len(uploads_of(session, ballot.documents_subject)) >= MOST:
        raise TooManyDocuments(most=MOST)
    return take_upload(session, file, kinds=KINDS, subject=ballot.documents_subject, by=by)


def _may_read(session: Session, ballot_id: str, reader: Reader) -> bool:
    """Whoever works here; members and electors once notice was given."""
    ballot = session.get(Ballot, int(ballot_id))
    if ballot is None or reader.person_id is None:
        return False
    if ballot.state == BallotState.DRAFT:
        return bool(reader.roles - {"member"})
    return bool(reader.roles) or bool(electors_for(session, ballot, reader.person_id))


register_subject(KIND, _may_read, noted=False)
