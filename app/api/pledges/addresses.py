"""The shape of a postal address that a program sends."""

from typing import Annotated

from pydantic import AfterValidator, Field, Strict

from app.api.shapes import Line, OptionalLine, Taken, refused
from app.web.countries import country_names
from app.web.typed import NotAChoice


def _country(code: str) -> str:
    if code not in country_names("en"):
        raise refused(NotAChoice())
    return code


Country = Annotated[str, Strict(), AfterValidator(_country), Field(min_length=2, max_length=2, examples=["US"])]


class AddressTaken(Taken):
    """A postal address, with the parts that the country's post asks for."""

    street_lines: list[Annotated[Line, Field(max_length=100)]] = Field(
        min_length=1, max_length=4, examples=[["12 Pearl Street"]]
    )
    postal_code: Annotated[OptionalLine, Field(max_length=20, examples=["80302"])] = ""
    locality: Annotated[Line, Field(max_length=100, examples=["Boulder"])]
    region: Annotated[OptionalLine, Field(max_length=100, examples=["CO"])] = ""
    country: Country = Field(description="ISO 3166-1 alpha-2.")
