"""A certified resolution (D17): one resolution out of the minutes, certified as in force."""

from app.core.errors import N_
from app.documents.kinds import Field, Kind

KIND = Kind(
    name="certified-resolution",
    title=N_("Certified resolution"),
    law="D17",
    signatories=(N_("secretary"),),
    fields=(
        Field("organization"),
        Field("organization_seat", mandatory=False),
        Field("organization_form", mandatory=False),
        Field("organization_register", mandatory=False),
        Field("counsel", "list", mandatory=False),
        Field("zone"),
        Field("meeting_title"),
        Field("meeting_nature", mandatory=False),
        Field("meeting_at", "moment"),
        Field("meeting_place", mandatory=False),
        Field("meeting_link", mandatory=False),
        Field("convening"),
        Field("quorum"),
        Field("result"),
        Field("resolution_number"),
        Field("resolution_title"),
        Field("resolution_text"),
        Field("minutes_number", "whole"),
        Field("in_force_on", "day"),
        Field("signatories", "list"),
        Field("place", mandatory=False),
    ),
)
