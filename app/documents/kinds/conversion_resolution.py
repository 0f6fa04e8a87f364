"""The resolution on a conversion (D19), with what each law asks of it.

`resulting`: {name, form, seat}. `approvals`: {group, votes_for, votes_against, abstain (whole or text), majority
(words), carried}. `appointed`: names of the members who sign the rules (GB). `signatories`: {name, capacity,
signed_at, how}.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, MEETING, Field, Kind

KIND = Kind(
    name="conversion-resolution",
    title=N_("Resolution on the conversion"),
    law="D19",
    level="B-LT",
    signatories=(
        N_("chair"),
        N_("secretary"),
    ),
    rests_on=("resolution_fields", "threshold", "threshold_AG", "threshold_GmbH"),
    fields=(
        *ISSUER,
        Field("zone"),
        *MEETING,
        Field("law"),
        Field("resolution_kind"),
        Field("resulting", "record"),
        Field("resolution_text"),
        Field("approvals", "list"),
        Field("rules"),
        Field("participation", mandatory=False),
        Field("shares_text", mandatory=False),
        Field("special_rights", mandatory=False),
        Field("compensation", mandatory=False),
        Field("employees", mandatory=False),
        Field("alterations", mandatory=False),
        Field("appointed", "list", mandatory=False),
        Field("signatories", "list"),
    ),
    by_profile={
        "uk-company-to-society": (
            Field("appointed", "list"),
            Field("alterations"),
        ),
        "de-umwg-eg": (
            Field("participation"),
            Field("shares_text"),
            Field("special_rights"),
            Field("compensation"),
            Field("employees"),
        ),
    },
)
