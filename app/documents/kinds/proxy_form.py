"""The form by which a member votes by post or names a proxy (D12), blank or filled.

`resolutions`, in order: {number, title, choice ("", "for", "against", "abstain")}. `votes_held`: a whole number, or a
fraction as text. `substitution`, `revocation`, `abstention_warning`, `unnamed` are words.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, MEETING, Field, Kind

KIND = Kind(
    name="proxy-form",
    title=N_("Proxy and postal vote"),
    law="D12",
    version=2,
    template_version=3,
    signatories=(N_("member"),),
    rests_on=("proxy", "proxies", "postal_vote_deadline", "abstention"),
    fields=(
        *ISSUER,
        Field("zone"),
        *MEETING,
        Field("legal_name"),
        Field("address"),
        Field("member_number", "whole"),
        Field("shares", "whole"),
        Field("votes_held"),
        Field("record_at", "moment"),
        Field("resolutions", "list"),
        Field("choices", "list", mandatory=False),
        Field("abstention_warning"),
        Field("proxy_holder", mandatory=False),
        Field("proxy_address", mandatory=False),
        Field("substitution"),
        Field("proxies_max", "whole", mandatory=False),
        Field("valid_until", "day", mandatory=False),
        Field("unnamed", mandatory=False),
        Field("receive_by", "moment"),
        Field("return_to"),
        Field("revocation"),
        Field("signatories", "list"),
    ),
    by_profile={
        "de-eg": (Field("proxies_max", "whole"),),
        "fr-sa-scic": (Field("unnamed"),),
        "us-de": (Field("valid_until", "day"),),
    },
)
