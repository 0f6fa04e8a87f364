"""Files that commands write: there complete or not at all."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from app.core.errors import N_, Refusal


class CannotWrite(Refusal):
    """The file cannot be written there."""

    message = N_("{output} cannot be written: {reason}. Choose another place.")


class NeedsAPlace(Refusal):
    """Such a file is not for a terminal."""

    message = N_("Say where the {form} file goes: -o FILE.")


@contextlib.contextmanager
def written_whole(output: Path | None) -> Iterator[BinaryIO]:
    """A file that is there complete or not at all; standard output when no file is named."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    draft = output.with_name(f".{output.name}.part")
    try:
        with draft.open("w+b") as file:
            yield file
        draft.replace(output)
    except OSError as error:
        raise CannotWrite(output=output, reason=error.strerror) from None
    finally:
        draft.unlink(missing_ok=True)
