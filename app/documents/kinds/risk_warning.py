"""The record of risk warnings and of what somebody knows (D03): what was shown, answered and computed.

`warnings`: {text, language, sha256, shown_at (moment or None), acknowledged_at}. `questions`: {question, answer,
right (flag or None)}. `limits`: {rule, formula, currency, inputs: [{what, amount_minor}], limit_minor, used_minor,
pledged_minor, remaining_minor}. `over_threshold`, where the law asks for explicit consent: {text, language,
consented_at}.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="risk-warning",
    title=N_("Record of risk warnings and knowledge"),
    law="D03",
    rests_on=("investor_limit", "risk_warning_text", "entry_test", "warn_threshold", "sophisticated", "warnings"),
    fields=(
        *ISSUER,
        Field("zone"),
        Field("legal_name"),
        Field("offer_title"),
        Field("terms_version", "whole"),
        Field("investor_category"),
        Field("warnings", "list"),
        Field("questions", "list"),
        Field("outcome", mandatory=False),
        Field("limits", "list"),
        Field("over_threshold", "record", mandatory=False),
    ),
)
