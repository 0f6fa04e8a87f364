"""The certificate of a loan or bond to the organization: its terms, and when which amounts are due.

`schedule`: {due_on, principal_minor, interest_minor}. `conversion_class` empty: it does not convert.
`reversed_on`: the loan was undone, and this version says that nothing is owed of it.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="loan",
    title=N_("Certificate of a loan"),
    template_version=2,
    fields=(
        *ISSUER,
        Field("number", "whole"),
        Field("nature"),
        Field("legal_name"),
        Field("address", mandatory=False),
        Field("currency"),
        Field("principal_minor", "whole"),
        Field("rate_ppm", "whole"),
        Field("day_count"),
        Field("starts_on", "day"),
        Field("reference", mandatory=False),
        Field("schedule", "list"),
        Field("conversion_class", mandatory=False),
        Field("conversion_price_minor", "whole", mandatory=False),
        Field("reason"),
        Field("entry", "whole", mandatory=False),
        Field("reversed_on", "day", mandatory=False),
        Field("reversal_reason", mandatory=False),
    ),
)
