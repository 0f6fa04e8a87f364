"""The confirmation of a refund (D06): what went back, why, by which rule, and what that means for membership."""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="refund",
    title=N_("Confirmation of refund"),
    law="D06",
    version=2,
    template_version=2,
    rests_on=("cancel", "reflection", "rule"),
    fields=(
        *ISSUER,
        Field("zone"),
        Field("legal_name"),
        Field("reference"),
        Field("offer_title", mandatory=False),
        Field("reason"),
        Field("rule", mandatory=False),
        Field("requested_at", "moment", mandatory=False),
        Field("due_at", "moment"),
        Field("deadline_at", "moment", mandatory=False),
        Field("amount_minor", "whole"),
        Field("currency"),
        Field("method"),
        Field("last4", mandatory=False),
        Field("paid_on", "day"),
        Field("bank_reference"),
        Field("membership"),
        Field("data_deleted", "flag", mandatory=False),
        Field("came_back_on", "day", mandatory=False),
    ),
)
