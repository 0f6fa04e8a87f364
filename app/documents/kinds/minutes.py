"""The minutes of a meeting (D16): how it was called, who was there, what was said and decided.

`bureau` and `signatories`: {name, capacity}. `debates`: {item, summary}. `resolutions`: {number, title, text, voting
(words), votes_for, votes_against, abstain, invalid (whole or text), majority (words), carried (flag)}. `agenda`,
`documents`, `objections`, `annexes`: texts. `quorum` says in words what was needed and reached.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="minutes",
    title=N_("Minutes"),
    law="D16",
    signatories=(
        N_("chair"),
        N_("secretary"),
    ),
    rests_on=(
        "minutes_fields",
        "minutes_signature",
        "minutes",
        "threshold",
        "thresholds",
        "threshold_AG",
        "threshold_GmbH",
        "quorum",
        "weight",
        "vote_weight",
    ),
    fields=(
        *ISSUER,
        Field("zone"),
        Field("meeting_title"),
        Field("meeting_nature"),
        Field("meeting_at", "moment"),
        Field("meeting_place", mandatory=False),
        Field("meeting_link", mandatory=False),
        Field("opened_at", "moment"),
        Field("closed_at", "moment"),
        Field("convening"),
        Field("members_present", "whole"),
        Field("shares_voting", "whole"),
        Field("votes_present"),
        Field("quorum"),
        Field("remote_only", "flag", mandatory=False),
        Field("remote_statement", mandatory=False),
        Field("bureau", "list"),
        Field("agenda", "list"),
        Field("documents", "list"),
        Field("debates", "list"),
        Field("resolutions", "list"),
        Field("objections", "list"),
        Field("annexes", "list"),
        Field("signatories", "list"),
    ),
)
