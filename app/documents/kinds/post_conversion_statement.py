"""A member's statement after the conversion (D21): old holding, new shares and balance, votes, and how to object.

`before`: {share_class, shares, value_minor, amount_minor}. `owed_minor`, `cash_minor` and `lent_minor` (what became
a loan) may be nil; `liability_minor` None: none.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="post-conversion-statement",
    title=N_("What became of your shares"),
    law="D21",
    rests_on=("post_notice_fields", "dissent"),
    fields=(
        *ISSUER,
        Field("legal_name"),
        Field("address", mandatory=False),
        Field("member_number", "whole"),
        Field("entity_name"),
        Field("converted_on", "day"),
        Field("before", "list"),
        Field("shares", "whole"),
        Field("share_minor", "whole"),
        Field("balance_minor", "whole"),
        Field("owed_minor", "whole"),
        Field("cash_minor", "whole"),
        Field("cash_on", "day", mandatory=False),
        Field("lent_minor", "whole", mandatory=False),
        Field("liability_minor", "whole", mandatory=False),
        Field("votes_held"),
        Field("object_how"),
        Field("object_until", "day"),
        Field("currency"),
    ),
)
