"""A shareholder's proposal under Rule 14a-8 (D24), with proof of ownership and the statements that it asks for.

`meeting_times`: texts, 10 to 30 days after the submission. `signatories`: {name, capacity, signed_at, how}.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="proposal-package",
    title=N_("Shareholder proposal"),
    law="D24",
    signatories=(N_("proponent"),),
    fields=(
        *ISSUER,
        Field("legal_name"),
        Field("address"),
        Field("company_name"),
        Field("company_address"),
        Field("submitted_on", "day"),
        Field("receive_by", "day", mandatory=False),
        Field("shares", "whole"),
        Field("value_minor", "whole"),
        Field("currency"),
        Field("held_since", "day"),
        Field("years_held", "whole"),
        Field("threshold"),
        Field("broker_letter"),
        Field("meeting_times", "list"),
        Field("agent_name", mandatory=False),
        Field("agent_scope", mandatory=False),
        Field("proposal_title"),
        Field("proposal_text"),
        Field("supporting_text"),
        Field("word_count", "whole"),
        Field("signatories", "list"),
        Field("place", mandatory=False),
    ),
)
