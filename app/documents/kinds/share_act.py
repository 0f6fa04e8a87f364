"""The statement of an act on shares for one holder: what ended and began, what was called, or what stands as security.

`ended`, `begun`: {certificate_number, share_class, shares, paid_minor}. `asked`: what a call asks for each
certificate, {certificate_number, shares, amount_minor, reference}. `number` is that of the act, call or charge.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="share-act",
    title=N_("Statement of an act on shares"),
    fields=(
        *ISSUER,
        Field("number", "whole"),
        Field("nature"),
        Field("recorded_on", "day"),
        Field("effective_on", "day"),
        Field("legal_name"),
        Field("address", mandatory=False),
        Field("member_number", "whole"),
        Field("reason"),
        Field("share_class", mandatory=False),
        Field("shares", "whole", mandatory=False),
        Field("ended", "list", mandatory=False),
        Field("begun", "list", mandatory=False),
        Field("shares_left", "whole", mandatory=False),
        Field("ratio_new", "whole", mandatory=False),
        Field("ratio_old", "whole", mandatory=False),
        Field("fractions", mandatory=False),
        Field("consent", mandatory=False),
        Field("currency", mandatory=False),
        Field("paid_ended_minor", "whole", mandatory=False),
        Field("paid_begun_minor", "whole", mandatory=False),
        Field("payable_minor", "whole", mandatory=False),
        Field("per_share_minor", "whole", mandatory=False),
        Field("due_on", "day", mandatory=False),
        Field("asked", "list", mandatory=False),
        Field("creditor", mandatory=False),
        Field("debt", mandatory=False),
        Field("reverses", "whole", mandatory=False),
        Field("entry", "whole", mandatory=False),
    ),
)
