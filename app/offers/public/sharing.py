"""Sharing: the words and addresses with which an offer is passed on, and its QR code; no third party's script."""

from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote, urlencode

import segno

from app.core import language
from app.core.errors import N_
from app.core.settings import settings
from app.offers.public.totals import Total

TEXT = N_("{title}: {people} people have pledged {pledged} so far.")


@dataclass(frozen=True)
class ShareLink:
    """Where a link to share leads, by the name of the network (which is not translated) or "" for e-mail."""

    name: str
    href: str


def address(slug: str, rest: str = "") -> str:
    """The public address of an offer's page, or of what follows it."""
    return f"{settings().base_url}/offers/{slug}{rest}"


def share_text(total: Total, own: str, lang: str) -> str:
    """What is written beside the link: the organizers' own text, or how the offer stands."""
    facts = {"title": total.title, "people": total.people, "pledged": language.money(total.pledged, lang, brief=True)}
    return own or language.fill(TEXT, facts, lang)


def share_links(slug: str, text: str, hashtag: str) -> list[ShareLink]:
    """Plain links: whoever does not follow one tells nobody anything."""
    url, tagged = address(slug), f"{text} #{hashtag}" if hashtag else text
    tags = {"hashtags": hashtag} if hashtag else {}
    letter = urlencode({"subject": text, "body": f"{text}\n\n{url}"}, quote_via=quote)
    return [
        ShareLink("", f"mailto:?{letter}"),
        ShareLink("WhatsApp", f"https://wa.me/?{urlencode({'text': f'{tagged} {url}'})}"),
        ShareLink("Telegram", f"https://t.me/share/url?{urlencode({'url': url, 'text': tagged})}"),
        ShareLink("Bluesky", f"https://bsky.app/intent/compose?{urlencode({'text': f'{tagged} {url}'})}"),
        ShareLink("X", f"https://x.com/intent/tweet?{urlencode({'text': text, 'url': url, **tags})}"),
        ShareLink("Facebook", f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': url})}"),
        ShareLink("LinkedIn", f"https://www.linkedin.com/sharing/share-offsite/?{urlencode({'url': url})}"),
    ]


def qr_code(slug: str) -> bytes:
    """The address of the page as a QR code, SVG, dark on light in both colour schemes."""
    out = BytesIO()
    code = segno.make(address(slug), error="m", micro=False)
    code.save(out, kind="svg", border=4, dark="#0d4f45", light="#ffffff", scale=8, xmldecl=False, svgns=True)
    return out.getvalue()


def snippet(slug: str, title: str) -> str:
    """What another site puts into its page to show how the offer stands."""
    plain = title.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    source = f'src="{address(slug, "/widget")}" title="{plain}" width="320" height="224"'
    return f'<iframe {source} style="border:0;max-width:100%" loading="lazy"></iframe>'


def badge_snippet(slug: str, title: str) -> str:
    """A badge that links to the page, in Markdown."""
    plain = title.replace("[", "(").replace("]", ")")
    return f"[![{plain}]({address(slug, '/badge.svg')})]({address(slug)})"
