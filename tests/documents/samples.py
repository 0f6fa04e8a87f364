"""One document of each kind as it may really be: facts by kind, for the catalogue and the tests."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from app.documents.kinds import all_kinds
from app.documents.rendering import canonical, render

ISSUED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CODE = "7K3M-9QXA-T2VW-D5"
ZONE = "America/Los_Angeles"
HASH = hashlib.sha256(b"sample").hexdigest()

ISSUER = {
    "organization": "WeAreTwitter Purchase Cooperative",
    "organization_seat": "1900 Adeline Street, Oakland, CA 94607",
}
IDENTITY = {
    "organization_form": "Limited cooperative association (Colorado)",
    "organization_register": "Secretary of State of Colorado, no. 20261123001",
    "organization_capital_minor": 8_050_000_000_00,
    "organization_currency": "USD",
}
HOLDER = {"legal_name": "Maya Whitfield", "address": "1200 Adeline Street, Oakland, CA 94607, US"}
MEETING = {
    "meeting_title": "Extraordinary general meeting 2027",
    "meeting_nature": "extraordinary",
    "meeting_at": "2027-03-15T17:00:00+00:00",
    "meeting_place": "Oakland Scottish Rite Center, 1547 Lakeside Drive, Oakland",
    "meeting_link": "https://costake.example/meetings/4",
    "zone": ZONE,
}
RISK = "You can lose all of the money that you invest.\n\nYou may not be able to sell your shares when you wish."
SIGNED = {"signed_at": "2026-11-23T18:30:00+00:00", "how": "signed by click, after the second factor"}
CHAIR = {"name": "Amara Okafor", "capacity": "chair"} | SIGNED
SECRETARY = {"name": "Léa Garnier", "capacity": "secretary"} | SIGNED
CONVERT = (
    "The meeting resolves that the corporation be converted into a limited cooperative association under the laws of "
    "Colorado, as set out in the plan of conversion laid before it."
)
RULES = (
    "1. The name of the co-operative is WeAreTwitter Cooperative.\n\n2. Its purpose is to run the platform for those "
    "who use it.\n\n3. Each member has one vote.\n\n4. Membership is open to every user who takes one share."
)

FACTS: dict[str, dict[str, Any]] = {
    "pledge-acknowledgement": HOLDER
    | {
        "is_indication": False,
        "offer_title": "Buy Twitter together",
        "terms_version": 2,
        "pledge_number": "K7M2-9QXA",
        "made_at": "2026-11-20T18:02:00+00:00",
        "confirmed_at": "2026-11-20T18:09:00+00:00",
        "zone": ZONE,
        "owner": "Maya Whitfield",
        "share_class": "User-owner share",
        "shares": 10,
        "price_minor": 23_00,
        "amount_minor": 230_00,
        "currency": "USD",
        "reference": "RF18 5390 0754 7034",
        "payments": [
            {"due_on": "2026-12-01", "amount_minor": 115_00},
            {"due_on": "2027-01-01", "amount_minor": 115_00},
        ],
        "deadline_at": "2027-01-31T23:59:00+00:00",
        "reflect_until": None,
        "cancel_until": "2027-01-29T23:59:00+00:00",
        "window_zone": ZONE,
        "agreed": [{"what": "terms", "language": "en", "text": RISK, "sha256": HASH}],
        "address_withdraw": "https://costake.example/pledges/K7M2-9QXA",
    },
    "records-consent": {
        "legal_name": "Maya Whitfield",
        "consented_at": "2026-11-20T18:09:00+00:00",
        "zone": ZONE,
        "demonstrated_how": "by opening a PDF sent to the address and following the link in it",
        "scope": "all records of this offer and of membership",
        "text": "I agree to receive electronically all records that the law would have you send on paper.",
        "text_language": "en",
        "text_sha256": HASH,
        "paper_how": "ask at the desk or by letter; it is sent within five days",
        "paper_fee_minor": 0,
        "currency": "USD",
        "withdraw_how": "on your page under Letters, or by a letter to the organization",
        "withdraw_effect": "records come by post from then on; nothing else changes",
        "withdraw_fee_minor": 0,
        "update_how": "on your page under Addresses",
        "requirements": "a browser of the last five years, a program that shows PDF files, and room to keep them",
    },
    "risk-warning": {
        "zone": ZONE,
        "legal_name": "Maya Whitfield",
        "offer_title": "Buy Twitter together",
        "terms_version": 2,
        "investor_category": "non-accredited investor",
        "warnings": [
            {
                "text": RISK,
                "language": "en",
                "sha256": HASH,
                "shown_at": "2026-11-20T18:00:00+00:00",
                "acknowledged_at": "2026-11-20T18:01:30+00:00",
            }
        ],
        "questions": [
            {"question": "Can you lose all that you invest?", "answer": "Yes", "right": True},
            {"question": "Can you sell the shares at any time?", "answer": "Yes", "right": False},
            {"question": "How long could you do without the money?", "answer": "Ten years", "right": None},
        ],
        "outcome": "Not all answers were right: a further warning was shown before the pledge was made.",
        "limits": [
            {
                "rule": "Limit of all crowdfunding in twelve months",
                "formula": "10 per cent of the greater of annual income and net worth, at most $124,000",
                "currency": "USD",
                "inputs": [
                    {"what": "Annual income", "amount_minor": 61_000_00},
                    {"what": "Net worth", "amount_minor": 140_000_00},
                ],
                "limit_minor": 14_000_00,
                "used_minor": 500_00,
                "pledged_minor": 230_00,
                "remaining_minor": 13_270_00,
            }
        ],
        "over_threshold": {
            "text": "This is more than 5 per cent of your net worth. I understand that I may lose it all.",
            "language": "en",
            "consented_at": "2026-11-20T18:02:10+00:00",
        },
    },
    "subscription-agreement": HOLDER
    | IDENTITY
    | {
        "zone": ZONE,
        "offer_title": "Buy Twitter together",
        "terms_version": 2,
        "birth_date": "1988-04-02",
        "tax_number_end": "6789",
        "owner": "Maya Whitfield",
        "beneficiary": "Noor Whitfield",
        "share_class": "User-owner share",
        "shares": 10,
        "nominal_minor": 1_00,
        "price_minor": 23_00,
        "amount_minor": 230_00,
        "currency": "USD",
        "votes": "One vote for each member, however many shares it holds.",
        "limits": [
            "transferable with the board's approval",
            "withdrawal with 90 days of notice",
            "redeemed within limits",
        ],
        "payment_methods": ["bank transfer", "card"],
        "held_by": "First Community Trust, escrow agent",
        "reference": "RF18 5390 0754 7034",
        "payments": [{"due_on": "2026-12-01", "amount_minor": 230_00}],
        "target_minor": 8_050_000_000_00,
        "minimum_minor": 6_000_000_000_00,
        "deadline_at": "2027-01-31T23:59:00+00:00",
        "reflect_until": None,
        "cancel_until": "2027-01-29T23:59:00+00:00",
        "window_zone": ZONE,
        "address_withdraw": "https://costake.example/pledges/K7M2-9QXA",
        "promises": None,
        "documents": [{"title": "Offer document", "sha256": HASH}, {"title": "Rules", "sha256": HASH[::-1]}],
        "agreed": [{"what": "terms", "language": "en", "text": RISK, "sha256": HASH}],
        "signatories": [{"name": "Maya Whitfield", "capacity": "subscriber"} | SIGNED],
        "place": "Oakland",
    },
    "receipt": {
        "zone": ZONE,
        "payer": "M. WHITFIELD",
        "legal_name": "Maya Whitfield",
        "amount_minor": 250_00,
        "currency": "USD",
        "received_on": "2026-12-02",
        "method": "bank transfer",
        "held_by": "First Community Trust, escrow agent",
        "account_label": "Buy Twitter together",
        "reference": "RF18 5390 0754 7034",
        "offer_title": "Buy Twitter together",
        "asked_minor": 230_00,
        "held_minor": 230_00,
        "returned_minor": 20_00,
        "deadline_at": "2027-01-31T23:59:00+00:00",
        "reflect_until": None,
        "cancel_until": "2027-01-29T23:59:00+00:00",
        "window_zone": ZONE,
    },
    "refund": {
        "zone": ZONE,
        "legal_name": "Maya Whitfield",
        "reference": "RF18 5390 0754 7034",
        "offer_title": "Buy Twitter together",
        "reason": "the offer missed its minimum",
        "rule": "Everything paid is returned where the offer misses its target or its minimum.",
        "requested_at": None,
        "due_at": "2027-03-02T08:00:00+00:00",
        "deadline_at": None,
        "amount_minor": 230_00,
        "currency": "USD",
        "method": "bank transfer",
        "paid_on": "2027-03-04",
        "bank_reference": "2027030400017",
        "membership": "No membership came about, and none ends.",
        "data_deleted": False,
    },
    "dispute-evidence": HOLDER
    | {
        "statement": "Ten shares were bought, and the link in our letter was followed.",
        "zone": ZONE,
        "dispute": "du_1Q0PsIJvEtkwdCNYMSaVuRz6",
        "dispute_reason": "not recognized",
        "disputed_minor": 230_00,
        "opened_at": "2026-12-15T09:00:00+00:00",
        "answer_by": "2026-12-24T09:00:00+00:00",
        "charge": "ch_3PsIJvEtkwdCNYMS",
        "paid_minor": 230_00,
        "currency": "USD",
        "paid_at": "2026-12-02T18:00:00+00:00",
        "method": "card",
        "last4": "4242",
        "saved_at": "2026-11-20T18:12:00+00:00",
        "reference": "RF18 5390 0754 7034",
        "receipt_number": 1204,
        "refunded_minor": 0,
        "owner": "Maya Whitfield",
        "offer_title": "Buy Twitter together",
        "pledge_number": "K7M2-9QXA",
        "made_at": "2026-11-20T18:02:00+00:00",
        "confirmed_at": "2026-11-20T18:09:00+00:00",
        "share_class": "User-owner share",
        "shares": 10,
        "price_minor": 23_00,
        "certificates": [{"number": 17, "shares": 10, "allotted_on": "2026-12-10"}],
        "terms_version": 2,
        "terms": [{"what": "Target", "said": "$8,050,000,000.00"}, {"what": "Solidarity pledges", "said": "no"}],
        "agreed": [
            {"what": "terms", "language": "en", "text": RISK, "sha256": HASH, "given_at": "2026-11-20T18:02:00+00:00"}
        ],
        "letters": [
            {
                "subject": "Your payment has arrived: $230.00",
                "text": "Hello,\n\nWe have received $230.00. Thank you.",
                "language": "en",
                "written_at": "2026-12-02T18:00:01+00:00",
                "sent_at": "2026-12-02T18:00:04+00:00",
            }
        ],
        "log": [{"at": "2026-12-02T18:00:00+00:00", "what": "The charge: succeeded."}],
    },
    "transaction-confirmation": {
        "legal_name": "Maya Whitfield",
        "closed_on": "2027-03-01",
        "security_type": "share",
        "share_class": "User-owner share",
        "share_class_code": "A",
        "certificate_number": 17,
        "member_number": 12,
        "shares": 10,
        "price_minor": 23_00,
        "paid_minor": 230_00,
        "currency": "USD",
        "first_call_on": None,
        "sold_shares": 350_000_000,
        "sold_prices_minor": [23_00, 25_00],
        "remunerations": [
            {"payer": "WeAreTwitter Purchase Cooperative", "form": "fee for each payment", "amount_minor": 1_15}
        ],
    },
    "certificate": HOLDER
    | {
        "certificate_number": 17,
        "member_number": 12,
        "share_class": "User-owner share",
        "share_class_code": "A",
        "shares": 3_500,
        "price_minor": 23_00,
        "paid_minor": 80_500_00,
        "currency": "USD",
        "allotted_on": "2026-11-23",
        "basis": "subscription",
        "entry_sha256": HASH,
    },
    "register-extract": HOLDER
    | {
        "register_name": "Register of members",
        "as_of": "2027-06-30",
        "since": "2026-07-01",
        "member_number": 12,
        "entered_on": "2027-03-01",
        "ceased_on": None,
        "shares": 14,
        "requested_by": "Maya Whitfield",
        "purpose": "the member's own record",
        "legal_basis": "Companies Act 2006, section 116",
        "last_entry": 48_113,
        "holdings": [
            {
                "certificate_number": 17,
                "share_class": "User-owner share",
                "held_since": "2027-03-01",
                "basis": "subscription",
                "shares": 10,
                "paid_minor": 230_00,
                "currency": "USD",
            },
            {
                "certificate_number": 301,
                "share_class": "User-owner share",
                "held_since": "2027-05-12",
                "basis": "transfer",
                "shares": 4,
                "paid_minor": 92_00,
                "currency": "USD",
            },
        ],
        "movements": [
            {
                "entry": 41_007,
                "on": "2027-03-01",
                "what": "subscription",
                "share_class": "User-owner share",
                "certificate_number": 17,
                "change": 10,
            },
            {
                "entry": 47_250,
                "on": "2027-05-12",
                "what": "transfer",
                "share_class": "User-owner share",
                "certificate_number": 301,
                "change": 4,
            },
        ],
        "state_sha256": HASH,
        "signatories": [{"name": "Léa Garnier", "capacity": "secretary"}],
        "place": "Oakland",
    },
    "share-act": HOLDER
    | {
        "number": 31,
        "nature": "Conversion",
        "recorded_on": "2027-05-12",
        "effective_on": "2027-05-12",
        "member_number": 12,
        "reason": "resolution of the general meeting of 10 May 2027",
        "ended": [
            {"certificate_number": 88, "share_class": "User-owner share", "shares": 4, "paid_minor": 92_00},
            {"certificate_number": 301, "share_class": "User-owner share", "shares": 3, "paid_minor": 69_00},
        ],
        "begun": [{"certificate_number": 412, "share_class": "Co-op member share", "shares": 3, "paid_minor": 138_00}],
        "shares_left": 3,
        "ratio_new": 1,
        "ratio_old": 2,
        "fractions": "paid out at what was paid on it",
        "consent": "form of 11 May 2027",
        "currency": "USD",
        "paid_ended_minor": 161_00,
        "paid_begun_minor": 138_00,
        "payable_minor": 23_00,
        "per_share_minor": 25_00,
        "due_on": "2027-06-30",
        "asked": [
            {
                "certificate_number": 412,
                "shares": 3,
                "amount_minor": 75_00,
                "reference": "RF18 5390 0754 7034",
            }
        ],
        "creditor": "Bay Credit Union",
        "debt": "loan of 3 March 2027",
        "share_class": "Co-op member share",
        "shares": 3,
        "reverses": 30,
        "entry": 47_260,
    },
    "loan": HOLDER
    | {
        "number": 3,
        "nature": "Loan",
        "currency": "USD",
        "principal_minor": 10_000_00,
        "rate_ppm": 25_000,
        "day_count": "30E/360: every month has 30 days",
        "starts_on": "2027-01-01",
        "reference": "RF18 5390 0754 7034",
        "schedule": [
            {"due_on": "2028-01-01", "principal_minor": 5_000_00, "interest_minor": 250_00},
            {"due_on": "2029-01-01", "principal_minor": 5_000_00, "interest_minor": 125_00},
        ],
        "conversion_class": "Co-op member share",
        "conversion_price_minor": 23_00,
        "reason": "resolution of the board of 3 December 2026",
        "entry": 40_001,
    },
    "transfer-instrument": {
        "order_number": 22,
        "ordered_on": "2027-05-10",
        "effective_on": "2027-05-12",
        "nature": "sale",
        "transferor": {"legal_name": "Wei Chen 陈伟", "address": "8 Nanjing Road, Shanghai, CN", "member_number": 9},
        "transferee": {
            "legal_name": "Maya Whitfield",
            "address": "1200 Adeline Street, Oakland, CA 94607, US",
            "member_number": 12,
        },
        "share_class": "User-owner share",
        "shares": 4,
        "price_minor": 92_00,
        "currency": "USD",
        "certificates_ended": [88],
        "certificates_made": [301, 302],
        "consent_on": "2027-05-11",
        "reason": "sale among members",
        "entry": 47_250,
        "signatories": [{"name": "Wei Chen 陈伟", "capacity": "transferor"} | SIGNED],
        "place": "Shanghai",
    },
    "meeting-notice": MEETING
    | IDENTITY
    | {
        "agenda": [
            {
                "number": "1",
                "title": "Report of the board",
                "special": False,
                "text": "",
                "quorum": "",
                "majority": "",
                "denominator": "",
            },
            {
                "number": "2",
                "title": "Conversion into a co-operative",
                "special": True,
                "text": CONVERT,
                "quorum": "a quarter of all votes",
                "majority": "at least two thirds",
                "denominator": "votes cast, without abstentions",
            },
        ],
        "record_at": "2027-03-01T23:59:00+00:00",
        "who_votes": "members entered in the register on the record date",
        "how_to_vote": "In the room, by post on the form enclosed, or on line until the poll closes.",
        "proxy_how": "You may name any other member as your proxy; one member may hold two proxies.",
        "deadlines": [
            {"what": "Proxies and postal votes received by", "at": "2027-03-12T17:00:00+00:00"},
            {"what": "Questions in writing received by", "at": "2027-03-10T17:00:00+00:00"},
        ],
        "documents": [
            {"title": "Plan and report of conversion", "where": "https://costake.example/meetings/4/plan"},
            {"title": "Rules of the co-operative", "where": "at the registered office, free of charge"},
        ],
        "dissent": "Whoever votes against the conversion and demanded it in writing may have an appraisal.",
        "statements": ["A member who may attend and vote may appoint a proxy to do so instead."],
        "convener": "Amara Okafor",
        "convened_on": "2027-02-15",
    },
    "proxy-form": MEETING
    | HOLDER
    | {
        "member_number": 12,
        "shares": 10,
        "votes_held": "1",
        "record_at": "2027-03-01T23:59:00+00:00",
        "resolutions": [
            {"number": "2", "title": "Conversion into a co-operative", "choice": ""},
            {"number": "3", "title": "Election of the first board", "choice": "for"},
        ],
        "abstention_warning": "An abstention is not counted as a vote cast.",
        "proxy_holder": "",
        "proxy_address": "",
        "substitution": "A proxy holder may not pass the proxy on.",
        "proxies_max": 2,
        "valid_until": None,
        "unnamed": "Without a name the chair votes for the resolutions that the board supports.",
        "receive_by": "2027-03-12T17:00:00+00:00",
        "return_to": "1900 Adeline Street, Oakland, CA 94607",
        "revocation": "You revoke it by voting yourself, or by a letter that arrives before the poll closes.",
        "signatories": [{"name": "Maya Whitfield", "capacity": "member"}],
    },
    "attendance-list": MEETING
    | {
        "record_at": "2027-03-01T23:59:00+00:00",
        "present": [
            HOLDER | {"member_number": 12, "shares": 10, "votes": 1, "signed": "signed on line"},
            {
                "legal_name": "محمد بن عبد الله",
                "address": "شارع الحمرا, Beirut, LB",
                "member_number": 31,
                "shares": 2,
                "votes": 1,
                "signed": "signed on paper",
            },
            {
                "legal_name": "יעל כהן",
                "address": "Rothschild 4, Tel Aviv, IL",
                "member_number": 32,
                "shares": 1,
                "votes": 1,
                "signed": "signed on paper",
            },
        ],
        "represented": [
            {
                "legal_name": "陈伟",
                "address": "8 Nanjing Road, Shanghai, CN",
                "member_number": 9,
                "shares": 12,
                "votes": 1,
                "proxy_holder": "Maya Whitfield",
            }
        ],
        "proxy_holders": [HOLDER | {"member_number": 12, "shares": 10, "votes": 1, "signed": "signed on line"}],
        "postal": [],
        "present_count": 3,
        "represented_count": 1,
        "postal_count": 0,
        "votes_total": "4",
        "votes_entitled": "10",
        "signatories": [CHAIR, SECRETARY],
    },
    "ballot-receipt": {
        "zone": ZONE,
        "poll_title": "Extraordinary general meeting 2027, item 2",
        "ballot_id": "B-2027-4-2",
        "question": "Shall the corporation be converted into a co-operative?",
        "options": ["For", "Against", "Abstain", "Blank"],
        "weight": None,
        "tracking_code": "Q4F7-K2MN-88TD-RX3W",
        "cast_at": "2027-03-15T18:20:00+00:00",
        "opens_at": "2027-03-01T08:00:00+00:00",
        "closes_at": "2027-03-15T20:00:00+00:00",
        "check_at": "https://costake.example/ballots/4/board",
        "object_by": "2027-03-22T20:00:00+00:00",
    },
    "result-certificate": MEETING
    | {
        "item_number": "2",
        "item_title": "Conversion into a co-operative",
        "item_text": CONVERT,
        "record_at": "2027-03-01T23:59:00+00:00",
        "counted_at": "2027-03-15T20:30:00+00:00",
        "electorate": [
            {"group": "Users", "members": 2_900_000, "votes_outstanding": 2_900_000, "votes_entitled": 2_899_120},
            {"group": "Workers", "members": 2_100, "votes_outstanding": 2_100, "votes_entitled": 2_100},
        ],
        "represented": {"person": 412, "proxy": 1_208, "post": 1_604_811},
        "quorum": {"rule": "a quarter of all votes", "needed": 725_305, "reached": 1_606_431, "met": True},
        "choices": [
            {"choice": "For", "ballots": 1_321_004, "votes": 1_321_004},
            {"choice": "Against", "ballots": 240_117, "votes": 240_117},
            {"choice": "Abstain", "ballots": 31_290, "votes": 31_290},
            {"choice": "Blank", "ballots": 14_008, "votes": 14_008},
        ],
        "ballots_cast": 1_606_431,
        "votes_cast": "1606431",
        "invalid": [{"reason": "received after the poll had closed", "ballots": 12}],
        "broker_non_votes": "0",
        "groups": [
            {"group": "Users", "votes_for": 1_319_400, "votes_against": 239_922, "abstain": 31_200, "carried": True},
            {"group": "Workers", "votes_for": 1_604, "votes_against": 195, "abstain": 90, "carried": True},
        ],
        "majority": {
            "rule": "at least two thirds",
            "denominator": "votes cast, without abstentions",
            "needed": "1040748",
            "reached": "1321004",
        },
        "challenges": [
            {
                "challenge": "A proxy named on two forms was counted twice.",
                "decision": "The earlier form was set aside; one vote was taken off.",
            }
        ],
        "carried": True,
        "method": "approval of one motion, exact counting",
        "software": "Costake 0.1.0",
        "log_sha256": HASH,
        "oath": "We counted faithfully and to the best of our ability, with strict impartiality.",
        "signatories": [
            {"name": "Amara Okafor", "capacity": "inspector"} | SIGNED,
            {"name": "Jean-Baptiste Ünsal", "capacity": "inspector"} | SIGNED,
        ],
    },
    "minutes": MEETING
    | {
        "opened_at": "2027-03-15T17:04:00+00:00",
        "closed_at": "2027-03-15T20:41:00+00:00",
        "convening": "by letter and e-mail of February 15, 2027 to every member (document no. 40)",
        "members_present": 1_606_431,
        "shares_voting": 3_480_000,
        "votes_present": "1606431",
        "quorum": "reached: 1,606,431 of 725,305 needed",
        "remote_only": False,
        "remote_statement": "",
        "bureau": [CHAIR, SECRETARY, {"name": "Jean-Baptiste Ünsal", "capacity": "teller"}],
        "agenda": ["Report of the board", "Conversion into a co-operative"],
        "documents": ["Report of the board", "Plan and report of conversion"],
        "debates": [
            {"item": "1. Report of the board", "summary": "The board reported. Three members asked about costs."},
            {
                "item": "2. Conversion into a co-operative",
                "summary": "Eleven members spoke.\n\nThe board answered each question.",
            },
        ],
        "resolutions": [
            {
                "number": "1",
                "title": "Conversion into a co-operative",
                "text": CONVERT,
                "voting": "secret ballot",
                "votes_for": 1_321_004,
                "votes_against": 240_117,
                "abstain": 31_290,
                "invalid": 12,
                "majority": "at least two thirds of the votes cast, without abstentions",
                "carried": True,
            }
        ],
        "objections": ["Ivan Petrenko objects to the conversion for the record."],
        "annexes": ["Attendance list (document no. 41)", "Certificate of result (document no. 42)"],
        "signatories": [CHAIR, SECRETARY],
    },
    "certified-resolution": MEETING
    | {
        "convening": "Every member was called on February 15, 2027, 28 days before.",
        "quorum": "reached: 1,606,431 votes of 725,305 needed",
        "result": "carried: 1,321,004 for, 240,117 against, 31,290 abstained",
        "resolution_number": "1",
        "resolution_title": "Conversion into a co-operative",
        "resolution_text": CONVERT,
        "minutes_number": 43,
        "in_force_on": "2027-04-01",
        "signatories": [CHAIR, SECRETARY],
        "place": "Oakland",
    },
    "conversion-plan": {
        "law": "Delaware General Corporation Law, section 266",
        "entity": {
            "name": "WeAreTwitter, Inc.",
            "form": "Stock corporation",
            "seat": "Wilmington, Delaware",
            "register": "Delaware file no. 7001122",
        },
        "resulting": {
            "name": "WeAreTwitter Cooperative, LCA",
            "form": "Limited cooperative association",
            "seat": "Denver, Colorado",
            "register": "",
        },
        "rules": RULES,
        "exchange": [
            {
                "share_class": "Common stock",
                "shares": 350_000_000,
                "becomes": "one co-operative share for 100 shares",
                "cash_minor": None,
            },
            {"share_class": "Preferred stock", "shares": 1_200_000, "becomes": "cash", "cash_minor": 25_10},
        ],
        "special_rights": "Holders of options are paid their value; no other special right exists.",
        "employees": "Contracts of employment go on unchanged. The works council stays in office.",
        "taxes": "The conversion is planned as a reorganization without tax; book values are carried on.",
        "compensation": "Whoever dissents is entitled to an appraisal of the fair value.",
        "conditions": "Two thirds of the votes cast; no injunction; the opinion on taxes.",
        "timetable": [
            {"on": "2027-02-15", "what": "Notice to all members"},
            {"on": "2027-03-15", "what": "Extraordinary general meeting"},
            {"on": "2027-04-30", "what": "Filing"},
        ],
        "effective_on": None,
        "opinions": [
            {"author": "Fair Value Advisers LLP", "text": "The exchange is fair to each class from a financial view."}
        ],
        "net_assets_on": "2026-12-31",
        "net_assets": [
            {"what": "Assets", "amount_minor": 9_410_000_000_00},
            {"what": "Liabilities", "amount_minor": -1_360_000_000_00},
        ],
        "net_assets_minor": 8_050_000_000_00,
        "currency": "USD",
        "signatories": [CHAIR],
        "place": "Oakland",
    },
    "conversion-resolution": MEETING
    | {
        "law": "Co-operative and Community Benefit Societies Act 2014, section 115",
        "resolution_kind": "special resolution",
        "resulting": {
            "name": "WeAreTwitter Co-operative Limited",
            "form": "Registered society",
            "seat": "Manchester",
        },
        "resolution_text": CONVERT,
        "approvals": [
            {
                "group": "All members",
                "votes_for": 1_321_004,
                "votes_against": 240_117,
                "abstain": 31_290,
                "majority": "at least three quarters of the votes cast",
                "carried": True,
            }
        ],
        "rules": RULES,
        "participation": "",
        "shares_text": "",
        "special_rights": "",
        "compensation": "",
        "employees": "",
        "alterations": "The appointed members may accept changes of the rules that the registrar asks for.",
        "appointed": ["Amara Okafor", "Léa Garnier", "Jean-Baptiste Ünsal"],
        "signatories": [CHAIR, SECRETARY],
    },
    "conversion-statement": {
        "registrar": "Colorado Secretary of State",
        "entity": {
            "name": "WeAreTwitter, Inc.",
            "original_name": "Twitter Users, Inc.",
            "form": "Stock corporation",
            "jurisdiction": "Delaware",
            "register": "7001122",
            "incorporated_on": "2026-06-01",
            "office": "1900 Adeline Street, Oakland, CA 94607",
            "mailing": "",
        },
        "resulting": {
            "name": "WeAreTwitter Cooperative, LCA",
            "form": "Limited cooperative association",
            "jurisdiction": "Colorado",
            "office": "1600 Broadway, Denver, CO 80202",
            "purposes": "To hold and run the platform for those who use it.",
            "agent": "Denver Agents LLC",
            "agent_address": "1600 Broadway, Denver, CO 80202",
        },
        "approval": "The conversion was approved under section 266 of the Delaware General Corporation Law.",
        "effective_on": "2027-05-01",
        "service_consent": "Process may be served on the Secretary of State of Delaware.",
        "service_address": "1600 Broadway, Denver, CO 80202",
        "delivered_by": "Léa Garnier",
        "delivered_address": "1900 Adeline Street, Oakland, CA 94607",
        "enclosures": ["Certified resolution (document no. 44)", "Articles of organization"],
        "steps": [],
        "signatories": [{"name": "Amara Okafor", "capacity": "authorised person"}],
        "place": "Denver",
    },
    "post-conversion-statement": HOLDER
    | {
        "member_number": 12,
        "entity_name": "WeAreTwitter, Inc.",
        "converted_on": "2027-05-01",
        "before": [
            {"share_class": "User-owner share", "shares": 1_050, "value_minor": 23_00, "amount_minor": 24_150_00}
        ],
        "shares": 10,
        "share_minor": 2_300_00,
        "balance_minor": 23_000_00,
        "owed_minor": 0,
        "cash_minor": 1_150_00,
        "cash_on": "2027-11-15",
        "liability_minor": None,
        "votes_held": "1",
        "object_how": "Write to the board at the seat. Whoever objected in the meeting may leave for cash.",
        "object_until": "2027-07-01",
        "currency": "USD",
    },
    "patronage-notice": HOLDER
    | {
        "member_number": 12,
        "title": "Patronage of 2027",
        "period_from": "2027-01-01",
        "period_to": "2027-12-31",
        "declared_on": "2028-06-20",
        "payable_on": "2028-08-31",
        "currency": "USD",
        "amount_minor": 48_25,
        "cash_minor": 9_65,
        "cash_ppm": 200_000,
        "withheld_minor": 0,
        "retained_minor": 38_60,
        "lines": [{"business": "Messages posted", "basis": 1_204, "amount_minor": 48_25}],
        "notice_class": "qualified",
        "consent_basis": "by membership, under a by-law of which you were told in writing",
        "prior_balance_minor": 120_00,
        "redeemed_minor": 20_00,
        "new_balance_minor": 138_60,
        "shares": 0,
        "share_class": "",
        "form_1099_patr": {"tax_year": 2028, "box_1_minor": 48_25, "box_4_minor": 0},
        "entry_sha256": HASH,
    },
    "share-interest-statement": HOLDER
    | {
        "member_number": 12,
        "title": "Interest of 2027",
        "period_from": "2027-01-01",
        "period_to": "2027-12-31",
        "declared_on": "2028-06-20",
        "payable_on": "2028-08-31",
        "currency": "USD",
        "share_class": "User-owner share",
        "rate_ppm": 20_000,
        "amount_minor": 4_60,
        "withheld_minor": 1_10,
        "paid_minor": 3_50,
        "entry_sha256": HASH,
    },
    "redemption": HOLDER
    | {
        "member_number": 12,
        "share_class": "User-owner share",
        "shares": 4,
        "notice_on": "2027-08-01",
        "effective_on": "2027-10-30",
        "notice_days": 90,
        "redemption_right": "redeemed within limits",
        "capital_min_minor": 6_000_000_000_00,
        "capital_after_minor": 8_049_999_908_00,
        "suspended_until": None,
        "currency": "USD",
        "par_minor": 23_00,
        "amount_minor": 92_00,
        "deductions": [{"what": "Share of the loss of 2027", "amount_minor": 2_00}],
        "due_minor": 90_00,
        "pay_on": "2027-12-01",
        "shares_left": 10,
        "entry": 51_044,
        "refusal": "",
    },
    "proposal-package": HOLDER
    | {
        "company_name": "Twitter, Inc.",
        "company_address": "1355 Market Street, San Francisco, CA 94103",
        "submitted_on": "2026-11-23",
        "receive_by": "2026-12-12",
        "shares": 90,
        "value_minor": 25_300_00,
        "currency": "USD",
        "held_since": "2025-10-01",
        "years_held": 1,
        "threshold": "at least $25,000 for at least one year",
        "broker_letter": "Bay Securities LLC, letter of November 20, 2026 (enclosed)",
        "meeting_times": ["December 7, 2026, 9:00 to 12:00, by teleconference", "December 9, 2026, 14:00 to 17:00"],
        "agent_name": "WeAreTwitter Purchase Cooperative",
        "agent_scope": "It may answer questions of the company and present the proposal.",
        "proposal_title": "Exit to democratic user ownership",
        "proposal_text": "RESOLVED: Shareholders request a report on selling the platform to its users.",
        "supporting_text": "A community-owned company could be set right by those who depend on it.",
        "word_count": 33,
        "signatories": [{"name": "Maya Whitfield", "capacity": "proponent"}],
        "place": "Oakland",
    },
    "erasure-decision": {
        "legal_name": "Maya Whitfield",
        "asked_at": "2026-11-01T10:00:00+00:00",
        "decided_at": "2026-11-20T15:00:00+00:00",
        "reason": "the person asked for it; what the register needs stays",
        "erased": {"contact": 3, "login_link": 12, "letter": 9},
        "kept": [
            {
                "what": "Name and address in the register of members",
                "ground": "a law asks for it",
                "source": "Companies Act 2006, section 113",
                "counsel": False,
                "until": "2037-03-01",
            },
            {
                "what": "Receipts and refunds",
                "ground": "a law asks for it",
                "source": "",
                "counsel": True,
                "until": None,
            },
        ],
    },
}


def sample(kind: str, **changed: Any) -> dict[str, Any]:
    """The frozen facts of a sample, as filing them would make them."""
    return (
        ISSUER
        | FACTS[kind]
        | {
            "document_kind": kind,
            "document_schema": all_kinds()[kind].version,
            "document_number": 5,
            "document_version": 1,
            "replaces_number": None,
            "profile": {"id": "us-de-266", "version": 1},
            "verify_code": CODE,
            "verify_at": f"https://costake.example/verify/{CODE}",
            "seal": "test",
            "issued_at": ISSUED.isoformat(),
        }
        | changed
    )


def digest_of(facts: dict[str, Any]) -> str:
    """The SHA-256 of facts."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def rendered(kind: str, language: str, **changed: Any) -> bytes:
    """The PDF of a sample in a language."""
    facts = sample(kind, document_language=language, **changed)
    return render(kind, facts, language, issued_at=ISSUED, digest=digest_of(facts))
