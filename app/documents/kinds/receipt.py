"""The receipt of a payment (D05): what arrived, for what it is held, and that it is not yet shares."""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="receipt",
    title=N_("Receipt"),
    law="D05",
    version=2,
    template_version=2,
    rests_on=("escrow", "funds", "cancel", "reflection", "rule"),
    fields=(
        *ISSUER,
        Field("zone"),
        Field("payer"),
        Field("legal_name"),
        Field("amount_minor", "whole"),
        Field("currency"),
        Field("received_on", "day"),
        Field("method"),
        Field("last4", mandatory=False),
        Field("held_by"),
        Field("account_label"),
        Field("reference"),
        Field("offer_title"),
        Field("asked_minor", "whole"),
        Field("held_minor", "whole"),
        Field("returned_minor", "whole"),
        Field("deadline_at", "moment"),
        Field("reflect_until", "moment", mandatory=False),
        Field("cancel_until", "moment", mandatory=False),
        Field("window_zone"),
    ),
)
