"""Names that are nearly alike: what a misspelt keyword, value or EXTNAME was probably meant to be."""

from collections.abc import Iterable
from math import ceil

Prepared = dict[int, list[tuple[str, int]]]
"""Names by their length, each with its letters as bits."""


def prepare(names: Iterable[str]) -> Prepared:
    """Prepare names for being compared with many others."""
    prepared: Prepared = {}
    for name in names:
        prepared.setdefault(len(name), []).append((name, _letters(name)))
    return prepared


def _letters(name: str) -> int:
    """The letters of a name as bits: the second A has another bit than the first, from the eighth on they share one.

    Letters that two names have in common are the bits that both have set.
    """
    bits = 0
    for letter in name:
        bit = 1 << ord(letter) % 128 * 8
        for _ in range(7):
            if not bits & bit:
                break
            bit <<= 1
        bits |= bit
    return bits


_LONGEST = 8
"""Length of a name up to which no letter occurs more often than bits are kept for it."""


def similarity(name: str, wanted: str) -> float:
    """Ratio of the letters of two names that match in order: 1 for equal names, 0 for names with nothing in common."""
    from difflib import SequenceMatcher

    return SequenceMatcher(None, name, wanted).ratio()


def is_near(name: str, wanted: str, cutoff: float) -> bool:
    """Whether the similarity of two names reaches ``cutoff``."""
    # No more letters can match than each of the two names shares with the other: few names come any further.
    most = 2 * min(sum([c in wanted for c in name]), sum([c in name for c in wanted]))
    return most >= cutoff * (len(name) + len(wanted)) and similarity(name, wanted) >= cutoff


def nearest(wanted: str, names: Iterable[str], cutoff: float) -> str | None:
    """Return the name that is most similar to the wanted one, None where none reaches ``cutoff``."""
    return nearest_of(wanted, prepare(names), cutoff)


def nearest_of(wanted: str, prepared: Prepared, cutoff: float) -> str | None:
    """Return the name that is most similar to the wanted one; as ``nearest`` for names that were prepared."""
    letters, length = _letters(wanted), len(wanted)
    likely: list[str] = []
    for other, group in prepared.items():
        least = ceil(cutoff * (other + length) / 2 - 1e-9)
        if other > _LONGEST < length:
            likely += [name for name, _ in group]
        elif least <= other and least <= length:
            likely += [name for name, bits in group if (bits & letters).bit_count() >= least]
    if not likely:
        return None
    from difflib import get_close_matches

    near = get_close_matches(wanted, likely, n=1, cutoff=cutoff)
    return near[0] if near else None
