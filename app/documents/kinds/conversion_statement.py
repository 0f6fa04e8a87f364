"""The statement of conversion (D20): the data sheet for the registrar's own form.

`entity`: {name, original_name, form, jurisdiction, register, incorporated_on, office, mailing}; `resulting`: {name,
form, jurisdiction, office, purposes, agent, agent_address}: what a registrar does not ask for may be empty.
`enclosures`, `steps`: words.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="conversion-statement",
    title=N_("Statement of conversion"),
    law="D20",
    signatories=(N_("authorised person"),),
    rests_on=("filing", "certificate_of_conversion_fields", "statement_of_conversion_fields", "steps"),
    fields=(
        *ISSUER,
        Field("registrar"),
        Field("entity", "record"),
        Field("resulting", "record"),
        Field("approval"),
        Field("effective_on", "day", mandatory=False),
        Field("service_consent", mandatory=False),
        Field("service_address", mandatory=False),
        Field("delivered_by"),
        Field("delivered_address"),
        Field("enclosures", "list"),
        Field("steps", "list", mandatory=False),
        Field("signatories", "list"),
        Field("place", mandatory=False),
    ),
    by_profile={
        "us-de-266": (
            Field("service_consent"),
            Field("service_address"),
        ),
    },
)
