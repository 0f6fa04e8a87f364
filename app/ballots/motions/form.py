"""The forms of motions: free or by a template, in the language in which they are written; read whole or refused."""

from app.ballots.motions.models import MotionText, Topic
from app.ballots.motions.stating import MotionPlan, majority
from app.ballots.motions.templates import Template, compose
from app.ballots.questions import question_of
from app.ballots.rules import rule_of
from app.core.language import LANGUAGES
from app.web.typed import Form

TITLE_MAX, TEXT_MAX, GROUNDS_MAX = 300, 20_000, 5_000


def read_free(form: Form, lang: str) -> tuple[MotionPlan, Topic]:
    """A motion in one's own words, for or against which one votes."""
    topic = form.choice("topic", [each.value for each in Topic])
    title, text = form.text("title", max=TITLE_MAX), form.text("text", max=TEXT_MAX, lines=True)
    grounds = form.text("grounds", max=GROUNDS_MAX, lines=True)
    form.done()
    return MotionPlan({lang: title}, {lang: text}, {lang: grounds}, rule=majority()), Topic(topic)


def read_template(form: Form, template: Template, lang: str) -> MotionPlan:
    """A motion by a template, from what its gaps were filled with."""
    said = {}
    for gap in template.gaps:
        if gap.name == template.seats:
            said[gap.name] = str(form.whole(gap.name, min=1, max=99))
        else:
            said[gap.name] = form.text(gap.name, max=gap.max, lines=gap.lines)
    grounds = form.text("grounds", max=GROUNDS_MAX, lines=True)
    form.done()
    return compose(template, said, grounds, lang)


def read_rewritten(form: Form, last: MotionText) -> MotionPlan:
    """A new version, in as many languages as were written; what is asked stays."""
    texts = {
        name: {lang: form.text(f"{name}_{lang}", max=most, required=lang in getattr(last, name), lines=name != "title")
               for lang in LANGUAGES}
        for name, most in (("title", TITLE_MAX), ("text", TEXT_MAX), ("grounds", GROUNDS_MAX))
    }  # fmt: skip
    form.done()
    kept = {name: {lang: text for lang, text in said.items() if text} for name, said in texts.items()}
    rule = rule_of(last.rule) if last.rule else None
    return MotionPlan(kept["title"], kept["text"], kept["grounds"], question_of(last.question), rule)


def typed(text: MotionText) -> dict[str, str]:
    """A version as the form shows it."""
    said = {"title": text.title, "text": text.text, "grounds": text.grounds}
    return {f"{name}_{lang}": words for name, texts in said.items() for lang, words in texts.items()}
