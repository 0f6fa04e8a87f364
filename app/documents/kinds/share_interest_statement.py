"""The statement of interest on shares: what a member's shares brought in a period, and what is withheld of it."""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="share-interest-statement",
    title=N_("Statement of interest on shares"),
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
        Field("share_class"),
        Field("rate_ppm", "whole"),
        Field("amount_minor", "whole"),
        Field("withheld_minor", "whole"),
        Field("paid_minor", "whole"),
        Field("entry_sha256"),
    ),
)
