"""The decision on a request for erasure (D25): what was erased, and what stays, why and until when."""

from app.core.errors import N_
from app.documents.kinds import Field, Kind

KIND = Kind(
    name="erasure-decision",
    title=N_("Decision on erasure"),
    law="D25",
    template_version=2,
    fields=(
        Field("organization"),
        Field("organization_seat", mandatory=False),
        Field("organization_form", mandatory=False),
        Field("organization_register", mandatory=False),
        Field("counsel", "list", mandatory=False),
        Field("legal_name", mandatory=False),
        Field("asked_at", "moment"),
        Field("identity_checked", mandatory=False),
        Field("decided_at", "moment"),
        Field("reason"),
        Field("erased", "record"),
        Field("kept", "list"),
        Field("delete_after", "day", mandatory=False),
    ),
)
