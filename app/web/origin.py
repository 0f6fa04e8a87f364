"""Where a request comes from, said to the audit trail."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.origin import WEB, coming_from
from app.web.network import client_address


class FromTheWeb:
    """A layer: acts inside came through the web, from the network of the client, as far as proxies can be believed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer inside of the origin."""
        address = client_address(Request(scope)) if scope["type"] == "http" else None
        with coming_from(WEB, address):
            await self.app(scope, receive, send)
