"""The test cards and test bank accounts that Stripe publishes, and how each behaves."""

from typing import NamedTuple

from app.stripedouble.errors import Thing


class Means(NamedTuple):
    """How a card or bank account behaves; codes are Stripe's decline codes."""

    number: str
    brand: str = "visa"
    attach: str | None = None  # declined when it is saved
    charge: str | None = None  # declined when it is charged
    authentication: str | None = None  # "setup": unless it was authenticated when saved; "always": at each payment
    dispute: str | None = None  # the reason with which a payment is disputed at once
    refund: str | None = None  # "pending": succeeds later; "fails": succeeds, then fails
    available: bool = False  # paid into the available balance at once
    funding: str = "credit"
    country: str = "US"
    type: str = "card"
    fails: str | None = None  # a debit that fails days later, with this code


_DECLINED = ("generic_decline", "insufficient_funds", "expired_card", "lost_card", "stolen_card")
_CARDS: dict[str, Means] = {
    "pm_card_visa": Means("4242424242424242"),
    "pm_card_visa_debit": Means("4000056655665556", funding="debit"),
    "pm_card_mastercard": Means("5555555555554444", "mastercard"),
    "pm_card_mastercard_debit": Means("5200828282828210", "mastercard", funding="debit"),
    "pm_card_amex": Means("378282246310005", "amex"),
    "pm_card_discover": Means("6011111111111117", "discover"),
    "pm_card_de": Means("4000002760000016", country="DE"),
    "pm_card_fr": Means("4000002500000003", country="FR"),
    "pm_card_gb": Means("4000008260000000", country="GB"),
    "pm_card_authenticationRequiredOnSetup": Means("4000002500003155", authentication="setup", country="FR"),
    "pm_card_authenticationRequired": Means("4000002760003184", authentication="always", country="DE"),
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": Means(
        "4000008260003178", authentication="setup", charge="insufficient_funds", country="GB"
    ),
    "pm_card_threeDSecure2Required": Means("4000000000003220", authentication="always"),
    "pm_card_chargeDeclined": Means("4000000000000002", attach="generic_decline", charge="generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": Means(
        "4000000000009995", attach="insufficient_funds", charge="insufficient_funds"
    ),
    "pm_card_chargeDeclinedExpiredCard": Means("4000000000000069", attach="expired_card", charge="expired_card"),
    "pm_card_chargeDeclinedLostCard": Means("4000000000009987", attach="lost_card", charge="lost_card"),
    "pm_card_chargeDeclinedStolenCard": Means("4000000000009979", attach="stolen_card", charge="stolen_card"),
    "pm_card_chargeDeclinedIncorrectCvc": Means("4000000000000127", attach="incorrect_cvc", charge="incorrect_cvc"),
    "pm_card_chargeDeclinedProcessingError": Means(
        "4000000000000119", attach="processing_error", charge="processing_error"
    ),
    "pm_card_chargeDeclinedFraudulent": Means("4100000000000019", attach="fraudulent", charge="fraudulent"),
    "pm_card_chargeCustomerFail": Means("4000000000000341", charge="generic_decline"),
    "pm_card_createDispute": Means("4000000000000259", dispute="fraudulent"),
    "pm_card_createDisputeProductNotReceived": Means("4000000000002685", dispute="product_not_received"),
    "pm_card_createDisputeInquiry": Means("4000000000001976", dispute="inquiry"),
    "pm_card_refundFail": Means("4000000000005126", refund="fails"),
    "pm_card_pendingRefund": Means("4000000000007726", refund="pending"),
    "pm_card_bypassPending": Means("4000000000000077", available=True),
}
_US = "us_bank_account"
_BANKS: dict[str, Means] = {
    "pm_usBankAccount_success": Means("000123456789", "", type=_US),
    "pm_usBankAccount_accountClosed": Means("000111111113", "", type=_US, fails="account_closed"),
    "pm_usBankAccount_noAccount": Means("000111111116", "", type=_US, fails="no_account"),
    "pm_usBankAccount_insufficientFunds": Means("000222222227", "", type=_US, fails="insufficient_funds"),
    "pm_usBankAccount_debitNotAuthorized": Means("000333333335", "", type=_US, fails="debit_not_authorized"),
    "pm_usBankAccount_dispute": Means("000555555559", "", type=_US, dispute="debit_not_authorized"),
    "pm_sepaDebit_success": Means("AT611904300234573201", "", type="sepa_debit", country="AT"),
    "pm_sepaDebit_fails": Means(
        "AT861904300235473202", "", type="sepa_debit", country="AT", fails="insufficient_funds"
    ),
    "pm_sepaDebit_de": Means("DE89370400440532013000", "", type="sepa_debit", country="DE"),
    "pm_sepaDebit_de_fails": Means(
        "DE62370400440532013001", "", type="sepa_debit", country="DE", fails="refer_to_customer"
    ),
    "pm_sepaDebit_dispute": Means(
        "DE35370400440532013002", "", type="sepa_debit", country="DE", dispute="debit_not_authorized"
    ),
}
MEANS = (
    _CARDS
    | _BANKS
    | {"pm_card_authenticationRequiredSetupForOffSession": _CARDS["pm_card_authenticationRequiredOnSetup"]}
)
BY_NUMBER = {means.number: name for name, means in (_CARDS | _BANKS).items()}
TOKENS = {name.replace("pm_card_", "tok_"): name for name in _CARDS}

# What a person is told, and the `code` of each decline; other decline codes go with `card_declined`.
_MESSAGES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}
_CODES = {"expired_card", "incorrect_cvc", "processing_error", "authentication_required"}


def decline(code: str) -> Thing:
    """The fields of an error that say why a card was declined."""
    said: Thing = {"code": code if code in _CODES else "card_declined", "decline_code": code}
    return said | {"message": _MESSAGES.get(code, "Your card was declined."), "type": "card_error"}


def luhn(number: str) -> bool:
    """Whether a card number's check digit is right."""
    digits = [int(each) for each in reversed(number)]
    doubled = [each * 2 - 9 * (each > 4) for each in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
