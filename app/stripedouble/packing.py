"""Many texts that are much alike, kept small: each is compressed against the first of its sort."""

import zlib

_WINDOW, _MEMORY = 12, 5  # small ones: the texts are a kilobyte or two


class Packer:
    """Packs and unpacks texts by their sort; the first of each sort is kept whole."""

    def __init__(self) -> None:
        self._samples: dict[str, bytes] = {}

    def pack(self, sort: str, text: bytes) -> bytes:
        """The text, small."""
        sample = self._samples.setdefault(sort, text)
        packer = zlib.compressobj(1, zlib.DEFLATED, -_WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, sample)
        return packer.compress(text) + packer.flush()

    def unpack(self, sort: str, packed: bytes) -> bytes:
        """The text again."""
        return zlib.decompressobj(-_WINDOW, self._samples[sort]).decompress(packed)
