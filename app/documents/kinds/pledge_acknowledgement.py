"""The acknowledgement of a pledge (D01): what was pledged, on which terms, and how it is withdrawn."""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="pledge-acknowledgement",
    title=N_("Acknowledgement of your pledge"),
    law="D01",
    template_version=2,
    rests_on=("legend", "pledges", "rule"),
    fields=(
        *ISSUER,
        Field("is_indication", "flag"),
        Field("offer_title"),
        Field("terms_version", "whole"),
        Field("pledge_number"),
        Field("made_at", "moment"),
        Field("confirmed_at", "moment"),
        Field("zone"),
        Field("legal_name"),
        Field("address", mandatory=False),
        Field("owner", mandatory=False),
        Field("share_class"),
        Field("shares", "whole"),
        Field("price_minor", "whole"),
        Field("amount_minor", "whole"),
        Field("currency"),
        Field("reference", mandatory=False),
        Field("payments", "list"),
        Field("deadline_at", "moment"),
        Field("reflect_until", "moment", mandatory=False),
        Field("cancel_until", "moment", mandatory=False),
        Field("window_zone"),
        Field("agreed", "list"),
        Field("address_withdraw"),
    ),
)
