"""The receipt of a ballot (D14): a code to find it in the count, and nothing of the choice.

`weight` is left out on secret ballots; else a whole number or a fraction, as text.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="ballot-receipt",
    title=N_("Ballot receipt"),
    law="D14",
    template_version=2,
    fields=(
        *ISSUER,
        Field("zone"),
        Field("poll_title"),
        Field("ballot_id"),
        Field("question"),
        Field("options", "list"),
        Field("weight", mandatory=False),
        Field("tracking_code"),
        Field("cast_at", "moment"),
        Field("opens_at", "moment"),
        Field("closes_at", "moment"),
        Field("check_at"),
        Field("object_by", "moment", mandatory=False),
    ),
)
