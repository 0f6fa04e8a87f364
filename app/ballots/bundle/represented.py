"""Checks of votes by proxy: each names one that was accepted and had not ended; none replaces an own vote; pure."""

from datetime import datetime

from app.ballots.bundle.judging import Data, NotShown, Wrong, need

BY_PROXY = "by proxy"


def check_proxies(data: Data) -> str:
    """Every vote by proxy names one that held at that moment; nobody's own vote gave way to one."""
    if data["proxies"] is None:
        raise NotShown("a full bundle shows who voted by proxy")
    named = {each["vote"]: each for each in data["proxies"]}
    count, by_proxy = len(named), set[int]()
    need(count == len(data["proxies"]), "a vote by proxy is there twice")
    for vote in data["votes"] or ():
        if vote["channel"] != BY_PROXY:
            continue
        where, each = f"vote {vote['vote']}", named.pop(vote["vote"], None)
        if each is None:
            raise Wrong("the votes by proxy are not those that name one")
        need(each["elector"] == vote["elector"], f"{where} is for another elector than its proxy")
        moments = (each["given_at"], each["accepted_at"], vote["cast_at"])
        given, accepted, cast = (datetime.fromisoformat(text) for text in moments)
        need(given <= accepted <= cast, f"{where} was cast before its proxy was given and accepted")
        ended = each["ended_at"]
        need(ended is None or datetime.fromisoformat(ended) >= cast, f"{where} was cast when its proxy had ended")
        own = vote["replaces"] is not None and vote["replaces"] not in by_proxy
        need(not own, f"{where} replaces the vote of the elector themself")
        by_proxy.add(vote["vote"])
    need(not named, "the votes by proxy are not those that name one")
    return f"{count} votes by proxy, each by one that held"
