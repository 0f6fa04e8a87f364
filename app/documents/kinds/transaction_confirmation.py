"""The confirmation of a transaction (D07): what was bought at which price, and what intermediaries earn.

`sold_prices_minor`: whole numbers. `remunerations`: {earner, payer, form, rate_ppm (or None), amount_minor}.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="transaction-confirmation",
    title=N_("Transaction confirmation"),
    law="D07",
    version=2,
    template_version=2,
    rests_on=("confirmation_fields",),
    fields=(
        *ISSUER,
        Field("legal_name"),
        Field("closed_on", "day"),
        Field("security_type"),
        Field("share_class"),
        Field("share_class_code"),
        Field("certificate_number", "whole"),
        Field("member_number", "whole"),
        Field("shares", "whole"),
        Field("price_minor", "whole"),
        Field("paid_minor", "whole"),
        Field("currency"),
        Field("first_call_on", "day", mandatory=False),
        Field("sold_shares", "whole"),
        Field("sold_prices_minor", "list"),
        Field("remunerations", "list"),
    ),
)
