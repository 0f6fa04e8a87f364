"""The plan and report of a conversion (D18): what becomes of the company, its shares, people and assets.

`entity`, `resulting`: {name, form, seat, register (may be empty)}. `exchange`: {share_class, shares, becomes (words),
cash_minor (or None)}. `timetable`: {on, what}. `net_assets`: {what, amount_minor}. `opinions`: {author, text}.
`signatories`: {name, capacity}. Without `effective_on` it takes effect on entry in the public register.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="conversion-plan",
    title=N_("Plan and report of conversion"),
    law="D18",
    signatories=(N_("chair"),),
    rests_on=("report", "documents", "agreement_fields", "dissent", "procedure"),
    fields=(
        *ISSUER,
        Field("law"),
        Field("entity", "record"),
        Field("resulting", "record"),
        Field("rules"),
        Field("exchange", "list"),
        Field("special_rights"),
        Field("employees"),
        Field("taxes"),
        Field("compensation"),
        Field("conditions"),
        Field("timetable", "list"),
        Field("effective_on", "day", mandatory=False),
        Field("opinions", "list"),
        Field("net_assets_on", "day"),
        Field("net_assets", "list"),
        Field("net_assets_minor", "whole"),
        Field("currency"),
        Field("signatories", "list"),
        Field("place", mandatory=False),
    ),
)
