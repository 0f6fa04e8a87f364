"""The attendance list of a meeting (D13): who was there or represented, with shares and votes.

`present`, `represented`, `proxy_holders`, `postal`: {member_number (or None), legal_name, address, shares, votes
(whole or text), proxy_holder (of the represented), signed (words)}. `signatories`: {name, capacity, signed_at, how}.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, MEETING, Field, Kind

KIND = Kind(
    name="attendance-list",
    title=N_("Attendance list"),
    law="D13",
    template_version=2,
    signatories=(
        N_("chair"),
        N_("secretary"),
    ),
    rests_on=("attendance_sheet_fields", "weight", "vote_weight"),
    fields=(
        *ISSUER,
        Field("zone"),
        *MEETING,
        Field("record_at", "moment"),
        Field("present", "list"),
        Field("represented", "list"),
        Field("proxy_holders", "list"),
        Field("postal", "list"),
        Field("present_count", "whole"),
        Field("represented_count", "whole"),
        Field("postal_count", "whole"),
        Field("votes_total"),
        Field("votes_entitled"),
        Field("signatories", "list"),
    ),
)
