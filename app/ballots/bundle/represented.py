"""Checks of votes by proxy: each names one that was accepted and had not ended; none replaces an own vote; pure."""

from datetime import datetime

from app.ballots.bundle.judging import Data, NotShown, need

BY_PROXY = "by proxy"


def check_proxies(data: Data) -> str:
    """Every vote by proxy names one that held at that moment; nobody's own vote gave way to one."""
    if data["proxies"] is None:
        raise NotShown("a full bundle shows who voted by proxy")
    votes = {vote["vote"]: vote for vote in data["votes"] or []}
    named = [each["vote"] for each in data["proxies"]]
    by_proxy = [number for number, vote in votes.items() if vote["channel"] == BY_PROXY]
    need(sorted(named) == sorted(by_proxy), "the votes by proxy are not those that name one")
    for each in data["proxies"]:
        vote, where = votes[each["vote"]], f"vote {each['vote']}"
        need(each["elector"] == vote["elector"], f"{where} is for another elector than its proxy")
        moments = (each["given_at"], each["accepted_at"], vote["cast_at"])
        given, accepted, cast = (datetime.fromisoformat(text) for text in moments)
        need(given <= accepted <= cast, f"{where} was cast before its proxy was given and accepted")
        ended = each["ended_at"]
        need(ended is None or datetime.fromisoformat(ended) >= cast, f"{where} was cast when its proxy had ended")
        before = votes.get(vote["replaces"])
        need(before is None or before["channel"] == BY_PROXY, f"{where} replaces the vote of the elector themself")
    return f"{len(named)} votes by proxy, each by one that held"
