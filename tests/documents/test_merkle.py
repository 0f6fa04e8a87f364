"""The tree is RFC 6962's, every path leads to its root from its own place, and from no other."""

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.bulk.merkle import BLOCK, climb, leaf, path, root


def reference(leaves: list[bytes]) -> bytes:
    """Section 2.1 of the RFC, word for word: split at the largest power of two below the count."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + reference(leaves[:split]) + reference(leaves[split:])).digest()


def leaves(count: int) -> list[bytes]:
    return [leaf(sha256(str(each).encode()).hexdigest()) for each in range(count)]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 300), st.data())
def test_every_path_leads_to_the_root_and_only_from_its_place(count, data):
    hashes = leaves(count)
    place = data.draw(st.integers(0, count - 1))
    beside = path(hashes, place)
    assert root(hashes) == reference(hashes) == climb(hashes[place], place, count, beside)
    other = data.draw(st.integers(0, count - 1))
    if other != place:
        assert climb(hashes[other], other, count, beside) != root(hashes)
    assert climb(hashes[place], place, count, [*beside, hashes[0]]) is None
    assert not beside or climb(hashes[place], place, count, beside[:-1]) is None


def test_blocks_are_nodes_of_the_whole_tree():
    hashes = leaves(2 * BLOCK + 5)
    blocks = [root(hashes[at : at + BLOCK]) for at in range(0, len(hashes), BLOCK)]
    assert root(blocks) == root(hashes)
    place = BLOCK + 3
    assert path(hashes[BLOCK : 2 * BLOCK], 3) + path(blocks, 1) == path(hashes, place)
