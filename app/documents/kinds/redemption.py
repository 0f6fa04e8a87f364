"""A request for redemption (D23), its refusal or its settlement.

`deductions`: {what, amount_minor}. With `refusal` it says why it was refused; with `pay_on` what is paid and when;
else only that it was received. `capital_min_minor` None: no least capital.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="redemption",
    title=N_("Settlement of redemption"),
    law="D23",
    fields=(
        *ISSUER,
        Field("legal_name"),
        Field("address", mandatory=False),
        Field("member_number", "whole"),
        Field("share_class"),
        Field("shares", "whole"),
        Field("notice_on", "day"),
        Field("effective_on", "day"),
        Field("notice_days", "whole"),
        Field("redemption_right"),
        Field("capital_min_minor", "whole", mandatory=False),
        Field("capital_after_minor", "whole", mandatory=False),
        Field("suspended_until", "day", mandatory=False),
        Field("currency"),
        Field("par_minor", "whole", mandatory=False),
        Field("amount_minor", "whole", mandatory=False),
        Field("deductions", "list", mandatory=False),
        Field("due_minor", "whole", mandatory=False),
        Field("pay_on", "day", mandatory=False),
        Field("shares_left", "whole", mandatory=False),
        Field("entry", "whole", mandatory=False),
        Field("refusal", mandatory=False),
    ),
)
