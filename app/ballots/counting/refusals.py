"""Why a file of ballots is refused, each with the line at fault."""

from app.core.errors import N_, Refusal


class BadBallotFile(Refusal):
    """A file of ballots that cannot be read whole; nothing of it is counted."""

    message = N_("This file of ballots cannot be read.")


class NoBallotFile(BadBallotFile):
    """Not text, or empty."""

    message = N_("This is no file of ballots: it is empty, or not text.")


class BadHeader(BadBallotFile):
    """The file does not begin with two numbers."""

    message = N_(
        "Line {line}: a file of ballots begins with the numbers of candidates and of seats, not with “{said}”."
    )


class BadWithdrawal(BadBallotFile):
    """A withdrawn candidate who does not exist."""

    message = N_("Line {line}: “{said}” withdraws nobody; there are {candidates} candidates.")


class BadBallotWeight(BadBallotFile):
    """A ballot does not begin with its weight."""

    message = N_(
        "Line {line}: a ballot begins with how often it was cast, a whole number above zero, not with “{said}”."
    )


class NotARank(BadBallotFile):
    """Something on a ballot that is neither a candidate nor an empty place."""

    message = N_("Line {line}: “{said}” is neither a candidate's number nor several joined by “=” nor “-”.")


class NotACandidate(BadBallotFile):
    """A ballot names a candidate who does not exist."""

    message = N_("Line {line}: there is no candidate {candidate}; there are {candidates}.")


class NamedTwice(BadBallotFile):
    """A ballot names a candidate in two places."""

    message = N_("Line {line}: candidate {candidate} is named twice on one ballot.")


class BallotIsUnended(BadBallotFile):
    """A ballot without the 0 that ends it."""

    message = N_("Line {line}: the ballot does not end with 0.")


class BallotsAreUnended(BadBallotFile):
    """The ballots run into the names, or the file ends."""

    message = N_("Line {line}: the ballots must end with a 0 of its own before the names.")


class BadName(BadBallotFile):
    """A line among the names that is no name."""

    message = N_("Line {line}: a name must stand in straight double quotes: {said}")


class WrongNumberOfNames(BadBallotFile):
    """Fewer or more names than candidates."""

    message = N_("The file names {found} candidates, but says that there are {candidates}.")
