"""The form's third step: what is agreed to, the answers on risks, and the whole form as it is sent."""

from collections.abc import Mapping

from app.core.errors import N_, Refusal
from app.offers.pledging.form import Amounts, Asking, People
from app.offers.pledging.questions import NO, QUESTIONS, YES, knows_enough
from app.offers.pledging.statements import ABOVE, DOCUMENTS, INDICATION, RECORDS, RISKS, TERMS, UNSUITABLE
from app.offers.pledging.wishes import Wish
from app.web.typed import Form


class TakeNotice(Refusal):
    """The answers show that the investor may know too little: the warning below must be accepted."""

    message = N_("Some of your answers are not right. Read the warning; you can still go on if you accept it.")
    field = "unsuitable"


def read_agreed(
    fields: Mapping[str, str], asks: Asking, amounts: Amounts, people: People
) -> tuple[tuple[str, ...], dict[str, str]]:
    """What the third step agrees to, and the answers to the questions on risks."""
    form = Form(fields)
    agreed, answers = [INDICATION] if asks.is_indication else [RISKS, TERMS], {}
    if asks.questions(people.declared):
        answers = {name: form.choice(name, (YES, NO)) for name in QUESTIONS}
        if all(answers.values()) and not knows_enough(answers):
            if fields.get("unsuitable"):
                agreed.append(UNSUITABLE)
            else:
                form.refuse("unsuitable", TakeNotice())
    if asks.warning(people.declared, asks.price * amounts.shares) is not None:
        form.checked("above", required=True)
        agreed.append(ABOVE)
    form.checked("understood", required=True)
    if asks.documents:
        form.checked("documents", required=True)
        agreed.append(DOCUMENTS)
    if not asks.is_indication:
        form.checked("electronic", required=True)
        agreed.append(RECORDS)
    form.key()
    form.whole("terms_id")
    form.done()
    return tuple(agreed), answers


def wish_of(
    fields: Mapping[str, str], asks: Asking, amounts: Amounts, people: People, follows: int | None = None
) -> Wish:
    """The whole form as it is sent; refuses what is wrong with the third step."""
    agreed, answers = read_agreed(fields, asks, amounts, people)
    form = Form(fields)
    return Wish(
        form_key=form.key(),
        terms_id=form.whole("terms_id"),
        email=people.email,
        language=asks.lang,
        legal_name=people.legal_name,
        address=people.address,
        shares=amounts.shares,
        telephone=people.telephone,
        pay_by=amounts.pay_by,
        instalments=amounts.instalments,
        holding=people.holding,
        declared=people.declared,
        agreed=agreed,
        answers=answers,
        follows=follows,
        solidarity_shares=amounts.solidarity_shares,
        asks_fund=amounts.asks_fund,
    )
