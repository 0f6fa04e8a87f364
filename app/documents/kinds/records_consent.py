"""The consent to electronic records (D02): the words agreed to, the rights that stay, and how access was shown."""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="records-consent",
    title=N_("Consent to electronic records"),
    law="D02",
    fields=(
        *ISSUER,
        Field("legal_name"),
        Field("consented_at", "moment"),
        Field("zone"),
        Field("demonstrated_how"),
        Field("scope"),
        Field("text"),
        Field("text_language"),
        Field("text_sha256"),
        Field("paper_how"),
        Field("paper_fee_minor", "whole"),
        Field("currency"),
        Field("withdraw_how"),
        Field("withdraw_effect"),
        Field("withdraw_fee_minor", "whole"),
        Field("update_how"),
        Field("requirements"),
    ),
)
