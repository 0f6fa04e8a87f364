"""Where each line of the law's lists is met: by facts of the kind, or by words (`says:`) of its English text.

The keys are the lines of `app/law/documents.toml` and of the profiles that these name, so that a line that is added
or changed there is missed here. What is not mandatory for a kind is so only where the line does not always apply.
"""

FRAME = ("document_number", "document_version", "issued_at")

D01 = {
    "document id and version": FRAME,
    "date/time with zone": ("confirmed_at", "zone"),
    "issuer or campaign name and address": ("organization", "organization_seat", "offer_title"),
    "pledger name, email (phone optional)": ("legal_name",),
    "indicative number or amount, marked indicative": ("shares", "amount_minor", "is_indication"),
    "user-class / account reference": ("pledge_number", "share_class"),
    "the four legends (see us-ttw.legend)": ("agreed",),
    "no vote is promised by this pledge": "says: No vote is promised by this pledge.",
    "how to withdraw the pledge": ("address_withdraw",),
    "privacy notice and retention": "says: We keep what you told us until",
}
D02 = {
    "affirmative consent, not withdrawn": ("consented_at", "text"),
    "right to paper": ("paper_how",),
    "right to withdraw, with conditions, consequences, fees": ("withdraw_effect", "withdraw_fee_minor"),
    "scope: this transaction or categories": ("scope",),
    "how to withdraw and update contact": ("withdraw_how", "update_how"),
    "how to get a paper copy and fee": ("paper_how", "paper_fee_minor"),
    "hardware/software statement": ("requirements",),
    "consent given in a way that reasonably demonstrates access": ("demonstrated_how",),
    "notice of changed requirements": "says: Should other programs or devices be needed later",
}
D03 = {
    "warning text version shown": ("warnings",),
    "time shown, time acknowledged": ("warnings",),
    "investor category": ("investor_category",),
    "test answers and outcome": ("questions", "outcome"),
    "limit computed: inputs, formula, remaining": ("limits",),
    "net-worth based warning and explicit consent where over the threshold": ("over_threshold",),
}
D04 = {
    "issuer name, form, registered office, register number, capital": (
        "organization",
        "organization_form",
        "organization_seat",
        "organization_register",
        "organization_capital_minor",
    ),
    "subscriber name, birth date, domicile, tax id where needed": (
        "legal_name",
        "birth_date",
        "address",
        "tax_number_end",
    ),
    "class, number, nominal, price, total, currency": (
        "share_class",
        "shares",
        "nominal_minor",
        "price_minor",
        "amount_minor",
        "currency",
    ),
    "payment method, escrow agent, due date": ("payment_methods", "held_by", "payments"),
    "offer document version and rules version received": ("terms_version", "documents"),
    "all-or-nothing target and deadline, refund terms": ("target_minor", "minimum_minor", "deadline_at"),
    "cancellation or reflection right: until when, how": ("reflect_until", "cancel_until", "address_withdraw"),
    "limits and warnings acknowledged": ("agreed",),
    "statement one member one vote / vote rights of class": ("votes",),
    "withdrawal, transfer and return limits": ("limits",),
    "nomination of beneficiary (GB, optional)": ("beneficiary",),
    "data notice": "says: We keep what you told us until",
    "place, date, signature": ("place", "signatories"),
}
D05 = {
    "receipt number": FRAME,
    "payer": ("payer",),
    "amount, currency, value date": ("amount_minor", "currency", "received_on"),
    "escrow agent and account label": ("held_by", "account_label"),
    "subscription reference": ("reference",),
    "held for offer X until date or target": ("offer_title", "deadline_at"),
    "not yet shares: statement that no membership exists": "says: These are not yet shares. No membership exists",
    "refund conditions": "says: It goes back in full if the offer misses its target",
}
D06 = {
    "subscription reference": ("reference",),
    "reason and rule applied": ("reason", "rule"),
    "time of request and of deadline": ("requested_at", "due_at", "deadline_at"),
    "amount, method, date of refund": ("amount_minor", "method", "paid_on"),
    "status of membership": ("membership",),
}
D07 = {
    "date": ("closed_on",),
    "type of security": ("security_type",),
    "identity, price, number bought": ("share_class", "price_minor", "shares"),
    "number sold by issuer and price(s)": ("sold_shares", "sold_prices_minor"),
    "debt: rate and yield": "says: it bears no interest and has no yield to maturity",
    "callable: first call date": ("first_call_on",),
    "source, form and amount of intermediary remuneration": ("remunerations",),
}
D08 = {
    "legal name and form of issuer, register number": ("organization", "organization_form", "organization_register"),
    "certificate number, date": ("certificate_number", "allotted_on"),
    "holder as in register": ("legal_name", "member_number"),
    "class, number, numbering if any, nominal, amount paid": ("share_class", "shares", "price_minor", "paid_minor"),
    "voting rule of the class": ("votes",),
    "transfer restriction stated conspicuously (DGCL 202)": ("restriction", "legends"),
    "rights summary or right to obtain it free": "says: The rights of the class are told free of charge",
    "not a title by itself: register prevails": "says: the register prevails",
    "signatures": ("seal",),
}
D09 = {
    "register name, as-of date/time, sequence range": ("register_name", "as_of", "since", "last_entry"),
    "holder's entry: jurisdiction columns": ("member_number", "legal_name", "address", "columns", "holdings"),
    "movements in period": ("movements",),
    "hash of register state": ("state_sha256",),
    "legal basis and purpose of the extract": ("legal_basis", "purpose"),
    "officer, place, date": ("signatories", "place", "issued_at"),
}
D10 = {
    "order number, date": ("order_number", "ordered_on"),
    "transferor, transferee": ("transferor", "transferee"),
    "class, number": ("share_class", "shares"),
    "nature of movement, price or gratuitous": ("nature", "price_minor"),
    "consent of board if required": ("consent_on",),
    "signature of transferor": ("signatories",),
}
D11 = {
    "issuer identity block": ("organization", "organization_form", "organization_register"),
    "day, hour, place or link": ("meeting_at", "meeting_place", "meeting_link"),
    "nature of meeting": ("meeting_nature",),
    "agenda": ("agenda",),
    "full text of special resolution(s)": ("agenda",),
    "record date and who may vote": ("record_at", "who_votes"),
    "quorum, majority and denominator of each item": ("agenda",),
    "how to vote, proxy, deadlines": ("how_to_vote", "proxy_how", "deadlines"),
    "documents available and where": ("documents",),
    "dissent / appraisal / cash offer notice": ("dissent",),
    "convener, date": ("convener", "convened_on"),
    "company name and sigle": ("organization",),
    "form": ("organization_form",),
    "capital": ("organization_capital_minor",),
    "registered office": ("organization_seat",),
    "RCS mentions (R123-237 1 and 2)": ("organization_register",),
    "day, hour, place": ("meeting_at", "meeting_place"),
    "nature: ordinary/extraordinary/special": ("meeting_nature",),
}
D12 = {
    "member name, first name, domicile": ("legal_name", "address"),
    "number of shares / votes and proof of registration": ("shares", "votes_held", "record_at"),
    "each resolution in order: for / against / abstain": ("resolutions",),
    "warning on effect of abstention": ("abstention_warning",),
    "proxy holder named, no substitution": ("proxy_holder", "substitution"),
    "valid for this meeting and successive meetings with same agenda": "says: for later ones that are called",
    "deadline of receipt": ("receive_by",),
    "revocation rule": ("revocation",),
    "signature": ("signatories",),
}
D13 = {
    "votes noted for each member (DE 47(3))": ("present", "represented"),
    "certification by bureau/chair": "says: certified as true by the bureau",
    "present: surname, first name, domicile, shares, votes": ("present",),
    "represented: same": ("represented",),
    "proxy holders: same": ("proxy_holders",),
    "postal voters: same": ("postal",),
    "signatures of those present and proxies": ("present", "proxy_holders"),
    "certified by the bureau": ("signatories",),
}
D14 = {
    "ballot id, question text, options incl. abstain/blank": ("ballot_id", "question", "options"),
    "weight (hidden on secret ballots)": ("weight",),
    "receipt: tracking code, time, no choice shown": ("tracking_code", "cast_at"),
    "open and close times": ("opens_at", "closes_at"),
}
D15 = {
    "meeting, date, item text": ("meeting_title", "meeting_at", "item_text"),
    "record date": ("record_at",),
    "votes outstanding and entitled (per class/college)": ("electorate",),
    "represented in person, by proxy, by post": ("represented",),
    "quorum needed and reached": ("quorum",),
    "votes cast, for, against, abstain, blank, invalid with reasons, broker non-votes": (
        "votes_cast",
        "choices",
        "invalid",
        "broker_non_votes",
    ),
    "challenges and decision": ("challenges",),
    "majority rule, denominator, needed, reached": ("majority",),
    "per-class / per-college / patron-only results": ("groups",),
    "result: carried or not": ("carried",),
    "method, software version, log hash": ("method", "software", "log_sha256"),
    "names, oath, signatures of inspectors or tellers": ("oath", "signatories"),
}
D16 = {
    "place and day": ("meeting_place", "meeting_at"),
    "name of chair": ("bureau",),
    "type and result of voting": ("resolutions",),
    "chair's finding": "says: The chair found the resolution carried.",
    "signatures: chair + at least one board member present": ("signatories",),
    "annex: evidence of convening": ("annexes",),
    "annex when investor members or multi-votes exist or for listed amendments: list of members present/represented "
    "and representatives with votes per member": ("annexes",),
    "date and place": ("meeting_at", "meeting_place"),
    "method of convening": ("convening",),
    "agenda": ("agenda",),
    "composition of the bureau": ("bureau",),
    "number of shares voting and quorum reached": ("shares_voting", "quorum"),
    "documents and reports submitted": ("documents",),
    "summary of debates": ("debates",),
    "text of resolutions put to the vote": ("resolutions",),
    "result of votes": ("resolutions",),
    "(if remote only) mention of L225-103-1": ("remote_only", "remote_statement"),
    "place and date": ("meeting_place", "meeting_at"),
    "subject of resolutions": ("resolutions",),
    "annex: attendance list, convening documents, reports": ("annexes",),
}
D17 = {
    "issuer identity": ("organization",),
    "meeting date and convening regularity": ("meeting_at", "convening"),
    "quorum and result": ("quorum", "result"),
    "verbatim resolution": ("resolution_text",),
    "statement still in force, not amended": "says: the resolution is in force and has not been amended or revoked",
    "certifier name, capacity, date, signature": ("signatories", "in_force_on"),
}
D18 = {
    "existing entity": ("entity",),
    "resulting entity: form, name, seat": ("resulting",),
    "rules/statutes in full": ("rules",),
    "exchange: each class into shares, cash, both": ("exchange",),
    "rights of special-right holders": ("special_rights",),
    "effects on employees": ("employees",),
    "tax and accounting effects": ("taxes",),
    "compensation/appraisal": ("compensation",),
    "timetable, conditions, effective date": ("timetable", "conditions", "effective_on"),
    "experts' and audit-association opinions": ("opinions",),
    "net asset statement": ("net_assets", "net_assets_minor"),
}
D19 = {
    "text stated to be a special resolution, full text in the notice": ("resolution_kind", "resolution_text"),
    "copy of the society's rules attached": ("rules",),
    "appointment of 3 members ('appointed members')": ("appointed",),
    "EITHER authority for them to accept FCA alterations OR duty to lay alterations before a general meeting": (
        "alterations",
    ),
    "new legal form": ("resulting",),
    "new name": ("resulting",),
    "participation of holders under the new form": ("participation",),
    "number, type and extent of shares/memberships": ("shares_text",),
    "rights for special-right holders and measures": ("special_rights",),
    "cash compensation offer": ("compensation",),
    "consequences for employees and representatives": ("employees",),
    "full statutes of the eG": ("rules",),
    "every member has at least one share (253(2))": ("shares_text",),
}
D20 = {
    "corporation name and, if changed, original name": ("entity",),
    "date of filing of original certificate of incorporation": ("entity",),
    "name, type and jurisdiction of resulting entity": ("resulting",),
    "statement of approval under s.266": ("approval",),
    "consent to service of process on Secretary of State": ("service_consent",),
    "address for forwarding process": ("service_address",),
    "converting entity true name": ("entity",),
    "converting entity form": ("entity",),
    "converting entity jurisdiction": ("entity",),
    "converting entity principal office street address": ("entity",),
    "mailing address if different": ("entity",),
    "resulting entity name": ("resulting",),
    "resulting entity form": ("resulting",),
    "resulting entity jurisdiction": ("resulting",),
    "resulting entity principal office address": ("resulting",),
    "statement that the entity has been converted": "says: The converting entity has been converted",
    "delayed effective date (optional)": ("effective_on",),
    "name and address of individual causing delivery": ("delivered_by", "delivered_address"),
}
D21 = {
    "old holding and price/value used": ("before",),
    "new shares and balance": ("shares", "balance_minor"),
    "cash due, date": ("cash_minor", "cash_on"),
    "vote now held": ("votes_held",),
    "how to object or withdraw, deadline": ("object_how", "object_until"),
    "amount of member's balance (Geschaeftsguthaben)": ("balance_minor",),
    "amount and number of shares": ("share_minor", "shares"),
    "amount still to pay or amount to be paid out": ("owed_minor", "cash_minor"),
    "liability sum if any": ("liability_minor",),
}
D22 = {
    "cash part and percentage": ("cash_minor", "cash_ppm"),
    "consent basis": ("consent_basis",),
    "prior balance, allocation, redemption, new balance": (
        "prior_balance_minor",
        "retained_minor",
        "redeemed_minor",
        "new_balance_minor",
    ),
    "stated dollar amount allocated": ("amount_minor",),
    "part that is a patronage dividend": ("lines",),
    "recipient": ("legal_name",),
    "class (qualified/nonqualified)": ("notice_class",),
}
D23 = {
    "member, class, number": ("legal_name", "member_number", "share_class", "shares"),
    "notice date and earliest effective date": ("notice_on", "effective_on"),
    "rule limits: notice, cap, suspension, minimum capital test": (
        "notice_days",
        "redemption_right",
        "suspended_until",
        "capital_min_minor",
    ),
    "amount at par, deductions, balance": ("par_minor", "deductions", "due_minor"),
    "pay date": ("pay_on",),
    "register entry reference": ("entry",),
    "refusal reason if refused": ("refusal",),
}
D24 = {
    "proponent name, address": ("legal_name", "address"),
    "proof of continuous ownership: amount, years, broker letter": (
        "shares",
        "value_minor",
        "years_held",
        "broker_letter",
    ),
    "statement of intent to hold through meeting": "says: intends to hold the required securities through the date",
    "availability for a meeting 10-30 days after submission": ("meeting_times",),
    "proposal + statement <= 500 words": ("proposal_text", "supporting_text", "word_count"),
    "agent authority if any": ("agent_name", "agent_scope"),
}
D25 = {
    "request and identity check": ("asked_at",),
    "data sets": ("erased", "kept"),
    "legal basis for keeping each (law, period)": ("kept",),
    "erased sets": ("erased",),
    "restricted sets and end date": ("kept",),
    "answer date": ("decided_at",),
}

MET: dict[str, dict[str, tuple[str, ...] | str]] = {
    name: globals()[name] for name in [f"D{n:02}" for n in range(1, 26)]
}

OF_PROFILES = {
    "D02": ["signed-records/esign_101c_fields"],
    "D07": ["us-regcf/confirmation_fields"],
    "D11": ["fr-sa-scic/notice_fields"],
    "D13": ["fr-sa-scic/attendance_sheet_fields"],
    "D16": ["de-eg/minutes_fields", "fr-sa-scic/minutes_fields", "eu-sce/minutes_fields"],
    "D19": ["uk-company-to-society/resolution_fields", "de-umwg-eg/resolution_fields"],
    "D20": ["us-de-266/certificate_of_conversion_fields", "us-co-lca/statement_of_conversion_fields"],
    "D21": ["de-umwg-eg/post_notice_fields"],
    "D22": ["equity-accounting/us_subchapter_T.written_notice_fields"],
}
"""The lists of profiles to which the lines "see ..." lead."""
