"""Proxies: a member lets somebody vote for them on a ballot or at a meeting, as far as the law allows."""
