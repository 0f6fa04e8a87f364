"""The subscription agreement (D04): who applies for which shares, how they are paid, and how to step back.

`payments`: {due_on, amount_minor}. `documents`, received before: {title, sha256}. `agreed`: {what, language, text,
sha256}. `signatories`: {name, capacity, signed_at, how}. `payment_methods`, `limits` and `promises` are words.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="subscription-agreement",
    title=N_("Subscription agreement"),
    law="D04",
    rests_on=("cancel", "reflection", "escrow", "funds", "rule"),
    fields=(
        *ISSUER,
        Field("organization_capital_minor", "whole", mandatory=False),
        Field("organization_currency", mandatory=False),
        Field("zone"),
        Field("offer_title"),
        Field("terms_version", "whole"),
        Field("legal_name"),
        Field("address"),
        Field("birth_date", "day", mandatory=False),
        Field("tax_number_end", mandatory=False),
        Field("owner"),
        Field("beneficiary", mandatory=False),
        Field("share_class"),
        Field("shares", "whole"),
        Field("nominal_minor", "whole", mandatory=False),
        Field("price_minor", "whole"),
        Field("amount_minor", "whole"),
        Field("currency"),
        Field("votes"),
        Field("limits", "list"),
        Field("payment_methods", "list"),
        Field("held_by"),
        Field("reference"),
        Field("payments", "list"),
        Field("target_minor", "whole"),
        Field("minimum_minor", "whole"),
        Field("deadline_at", "moment"),
        Field("reflect_until", "moment", mandatory=False),
        Field("cancel_until", "moment", mandatory=False),
        Field("window_zone"),
        Field("address_withdraw"),
        Field("promises", mandatory=False),
        Field("documents", "list"),
        Field("agreed", "list"),
        Field("signatories", "list"),
        Field("place", mandatory=False),
    ),
    by_profile={
        "de-eg": (Field("promises"),),
    },
)
