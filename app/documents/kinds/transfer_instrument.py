"""The transfer instrument (D10): the order to enter a movement of shares in the register.

`transferor` and `transferee` (None: the shares cease to exist): {legal_name, address, member_number (or None)}.
`certificates_ended`, `certificates_made`: numbers. `price_minor` None: gratuitous. `signatories`: {name, capacity,
signed_at, how}.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="transfer-instrument",
    title=N_("Transfer instrument"),
    law="D10",
    signatories=(N_("transferor"),),
    fields=(
        *ISSUER,
        Field("order_number", "whole"),
        Field("ordered_on", "day"),
        Field("effective_on", "day"),
        Field("nature"),
        Field("transferor", "record"),
        Field("transferee", "record", mandatory=False),
        Field("share_class"),
        Field("shares", "whole"),
        Field("price_minor", "whole", mandatory=False),
        Field("currency"),
        Field("certificates_ended", "list"),
        Field("certificates_made", "list"),
        Field("consent_on", "day", mandatory=False),
        Field("reason", mandatory=False),
        Field("entry", "whole", mandatory=False),
        Field("signatories", "list"),
        Field("place", mandatory=False),
    ),
)
