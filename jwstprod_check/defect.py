"""What a reader found wrong with the bytes of a file, before any rule has judged it.

The readers (of a card, of the container, of an ASDF file, its tree, its world coordinates) repair nothing and judge
nothing: each says by a ``kind`` of its own what it met, and the rules decide what that is worth.
"""

import msgspec


class Defect(msgspec.Struct, frozen=True):
    """One thing that is wrong at one place.

    ``kind`` is one of the words that the reader lists. ``text`` is what is wrong, or what is there instead; ``expected`` and
    ``found`` are what should be there and what is, as text, ``expected_bytes`` and ``found_bytes`` the same as offsets or
    sizes in bytes. ``at`` is the place, counted from 0: a byte of the card, of the inflated FITS file or of the ASDF file; of
    a tree the line, counted from 1. ``hdu`` is the index of the HDU concerned, ``path`` the way to the node of a tree.
    """

    kind: str
    text: str = ""
    expected: str = ""
    found: str = ""
    at: int = 0
    hint: str | None = None
    hdu: int | None = None
    expected_bytes: int | None = None
    found_bytes: int | None = None
    path: tuple[str | int, ...] = ()
