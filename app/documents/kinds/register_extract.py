"""An extract of the register of members (D09): one holder's entry, holdings and movements, as of a day.

`holdings`: {certificate_number, share_class, held_since, basis, shares, paid_minor, currency}. `movements`: {entry
(or None), on, what, share_class, certificate_number, change}. `columns`: {title, kind, value}, what else the law's
register shows of the holder, a line for each class. `signatories`: {name, capacity}. `last_entry` is the number of the
last entry of the books that was read; `state_sha256` is over the last seal's hash, then that of each entry after it.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="register-extract",
    title=N_("Extract of the register of members"),
    law="D09",
    version=2,
    template_version=3,
    rests_on=("register",),
    fields=(
        *ISSUER,
        Field("register_name"),
        Field("as_of", "day"),
        Field("since", "day"),
        Field("member_number", "whole"),
        Field("legal_name"),
        Field("address", mandatory=False),
        Field("entered_on", "day", mandatory=False),
        Field("ceased_on", "day", mandatory=False),
        Field("shares", "whole"),
        Field("requested_by"),
        Field("requested_address", mandatory=False),
        Field("interest", mandatory=False),
        Field("purpose"),
        Field("legal_basis", mandatory=False),
        Field("last_entry", "whole"),
        Field("columns", "list", mandatory=False),
        Field("holdings", "list"),
        Field("movements", "list"),
        Field("state_sha256"),
        Field("signatories", "list", mandatory=False),
        Field("place", mandatory=False),
    ),
    by_profile={
        "de-eg": (Field("legal_basis"),),
    },
)
