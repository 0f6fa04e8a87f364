"""The decision on a request for erasure (D25): what was erased, and what stays, why and until when."""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="erasure-decision",
    title=N_("Decision on erasure"),
    law="D25",
    version=2,
    template_version=3,
    fields=(
        *ISSUER,
        Field("legal_name", mandatory=False),
        Field("asked_at", "moment"),
        Field("identity_checked", mandatory=False),
        Field("decided_at", "moment"),
        Field("reason"),
        Field("erased", "record"),
        Field("emptied", "list", mandatory=False),
        Field("kept", "list"),
        Field("delete_after", "day", mandatory=False),
    ),
)
