"""Shapes of consents: the words that are shown now, whether the caller agrees, and agreeing."""

from datetime import datetime

from pydantic import Field
from sqlalchemy.orm import Session

from app.api.shapes import Counted, Given, Taken
from app.core.errors import N_, Refusal
from app.core.language import translator
from app.privacy.consenting import Purpose, consent_now, current_text


class OtherWords(Refusal):
    """The words have another version now than the one that was read."""

    message = N_("These words have changed since. Read them as they are now.")
    status = 409
    field = "text_version"


class ConsentGiven(Given):
    """A purpose for which consent is asked, in its present words."""

    purpose: Purpose
    text_version: int
    title: str
    words: str = Field(description="In the language of `Accept-Language`: what somebody agrees to.")
    given: bool
    answered_at: datetime | None = Field(description="When it was given or withdrawn last; null: never asked.")


class ConsentTaken(Taken):
    """Agreeing to words that were read."""

    text_version: Counted = Field(description="The version that the person has read.")

    def check(self, purpose: Purpose) -> None:
        """Refuse unless the words that were read are the present ones."""
        if self.text_version != current_text(purpose)[0]:
            raise OtherWords


def consent_given(session: Session, person_id: int, purpose: Purpose, language: str) -> ConsentGiven:
    """How it stands with a purpose."""
    version, text = current_text(purpose)
    now, say = consent_now(session, person_id, purpose), translator(language)
    return ConsentGiven(
        purpose=purpose,
        text_version=version,
        title=say(text.title),
        words=say(text.words),
        given=now is not None and now.given,
        answered_at=now.at if now else None,
    )
