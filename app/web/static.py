"""Static files: our own style, script and pictures, kept by browsers as long as their content is the same."""

import hashlib
from functools import cache

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.core.settings import ROOT

FOLDER = ROOT / "static"
FOREVER = "public, max-age=31536000, immutable"


def static(name: str) -> str:
    """The address of a file under `static`, which changes with its content."""
    place = FOLDER / name
    return f"/static/{name}?v={_digest(name, place.stat().st_mtime_ns)}"


@cache
def _digest(name: str, _changed_at: int) -> str:
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


class Static(StaticFiles):
    """Serves `static`; an address with a version never changes."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve a file with a long life if the address names its content."""
        response = await super().get_response(path, scope)
        versioned = scope.get("query_string", b"").startswith(b"v=")
        if response.status_code in (200, 304):
            response.headers["Cache-Control"] = FOREVER if versioned else "public, max-age=3600"
        return response
