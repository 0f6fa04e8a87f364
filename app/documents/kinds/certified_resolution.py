"""A certified resolution (D17): one resolution out of the minutes, certified as in force."""

from app.core.errors import N_
from app.documents.kinds import ISSUER, MEETING, Field, Kind

KIND = Kind(
    name="certified-resolution",
    title=N_("Certified resolution"),
    law="D17",
    level="B-LT",
    signatories=(N_("secretary"),),
    rests_on=("threshold", "thresholds", "threshold_AG", "threshold_GmbH", "quorum", "weight", "vote_weight"),
    fields=(
        *ISSUER,
        Field("zone"),
        *MEETING,
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
