"""Files that are given to one reader: named, to be kept by the browser's user and by no cache."""

from collections.abc import Iterator

from fastapi.responses import Response, StreamingResponse


def given(content: bytes | Iterator[bytes], name: str, media_type: str) -> Response:
    """A file of one's own, whole or piece by piece."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    if isinstance(content, bytes):
        return Response(content, media_type=media_type, headers=headers)
    return StreamingResponse(content, media_type=media_type, headers=headers)
