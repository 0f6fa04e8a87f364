"""The statement of a redemption: what had been retained of a member's patronage is paid out now.

`form_1099_patr` (United States): {tax_year, box_5_minor, box_4_minor}. A qualified notice was taxed when it was given.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="allocation-redemption",
    title=N_("Redemption of allocated patronage"),
    fields=(
        *ISSUER,
        Field("legal_name"),
        Field("address", mandatory=False),
        Field("member_number", "whole"),
        Field("title"),
        Field("allocated_on", "day"),
        Field("redeemed_on", "day"),
        Field("payable_on", "day"),
        Field("currency"),
        Field("notice_class", mandatory=False),
        Field("prior_balance_minor", "whole"),
        Field("amount_minor", "whole"),
        Field("withheld_minor", "whole"),
        Field("paid_minor", "whole"),
        Field("new_balance_minor", "whole"),
        Field("form_1099_patr", "record", mandatory=False),
        Field("reason"),
        Field("entry_sha256"),
    ),
)
