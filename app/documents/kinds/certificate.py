"""The share certificate (D08): who holds which shares, as the register said on the day of allotment.

`called` is what it is under a law that knows no certificates: a statement of account, or of entry in the list.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="certificate",
    title=N_("Share certificate"),
    law="D08",
    version=3,
    template_version=5,
    fields=(
        *ISSUER,
        Field("called", mandatory=False),
        Field("certificate_number", "whole"),
        Field("member_number", "whole"),
        Field("legal_name"),
        Field("address", mandatory=False),
        Field("share_class"),
        Field("share_class_code"),
        Field("shares", "whole"),
        Field("share_numbers", mandatory=False),
        Field("price_minor", "whole"),
        Field("paid_minor", "whole"),
        Field("currency"),
        Field("allotted_on", "day"),
        Field("basis"),
        Field("entry_sha256", mandatory=False),
        Field("votes", mandatory=False),
        Field("restriction", mandatory=False),
        Field("legends", "list", mandatory=False),
    ),
)
