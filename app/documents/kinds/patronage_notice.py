"""The patronage notice (D22): what was allocated to a member, paid in cash and retained, and the balance it leaves."""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="patronage-notice",
    title=N_("Patronage notice"),
    law="D22",
    template_version=2,
    fields=(
        *ISSUER,
        Field("legal_name"),
        Field("address", mandatory=False),
        Field("member_number", "whole"),
        Field("title"),
        Field("period_from", "day"),
        Field("period_to", "day"),
        Field("declared_on", "day"),
        Field("payable_on", "day"),
        Field("currency"),
        Field("amount_minor", "whole"),
        Field("cash_minor", "whole"),
        Field("cash_ppm", "whole"),
        Field("withheld_minor", "whole"),
        Field("retained_minor", "whole"),
        Field("lines", "list"),
        Field("notice_class", mandatory=False),
        Field("consent_basis", mandatory=False),
        Field("prior_balance_minor", "whole"),
        Field("redeemed_minor", "whole"),
        Field("new_balance_minor", "whole"),
        Field("shares", "whole"),
        Field("share_class", mandatory=False),
        Field("form_1099_patr", "record", mandatory=False),
        Field("entry_sha256"),
    ),
)
