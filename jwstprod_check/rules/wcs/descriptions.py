"""The keywords of world coordinates, gathered by description (FITS Standard 4.0, section 8)."""

import re

import msgspec

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header_view import HeaderView
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.memo import by_value
from jwstprod_check.rules.context import Context

_KEYWORD = re.compile(
    r"(?:(WCSAXES)|(CRPIX|CRVAL|CTYPE|CDELT|CUNIT|CNAME|CROTA|CRDER|CSYER)([1-9]\d{0,2})"
    r"|(PC|CD)([1-9]\d{0,2})_([1-9]\d{0,2})|(PV|PS)([1-9]\d{0,2})_\d{1,3})([A-Z]?)\Z"
)
_FIRST = frozenset({"WC", "CR", "CT", "CD", "CU", "CN", "CS", "PC", "PV", "PS"})


class WcsKeyword(msgspec.Struct, frozen=True):
    """A keyword of a description: its root, its axes (none for WCSAXES), and the index of its card."""

    name: str
    root: str
    axes: tuple[int, ...]
    card: int


class WcsDescription(msgspec.Struct, frozen=True):
    """The world coordinates of one letter (``alt``, '' for the primary description); ``axes`` is WCSAXES.

    ``by_root`` has the words of each root, ``highest`` is the highest axis that any of them names.
    """

    alt: str
    words: tuple[WcsKeyword, ...]
    axes: int | None
    naxis: int
    by_root: dict[str, tuple[WcsKeyword, ...]]
    highest: int

    @property
    def counted(self) -> bool:
        """Whether the number of axes is known: not where WCSAXES is present and not an integer."""
        return self.axes is not None or not self.of("WCSAXES")

    @property
    def count(self) -> int:
        """Axes that are described: WCSAXES, or without it the highest index (FITS Standard 4.0, section 8.2)."""
        return self.axes if self.axes is not None else self.highest

    def of(self, *roots: str) -> tuple[WcsKeyword, ...]:
        """Keywords of some roots, in order."""
        if len(roots) == 1:
            return self.by_root.get(roots[0], ())
        return tuple(w for w in self.words if w.root in roots)


@by_value(2048)
def _read(name: str) -> tuple[str, tuple[int, ...], str] | None:
    """Root, axes and letter of a keyword; None for one that is not of world coordinates."""
    found = _KEYWORD.match(name)
    if found is None:
        return None
    axes = tuple(int(n) for n in (found[3], found[5], found[6], found[8]) if n)
    return found[1] or found[2] or found[4] or found[7], axes, found[9]


def _gather(
    keyword_index: KeywordIndex,
) -> list[tuple[str, tuple[WcsKeyword, ...], dict[str, tuple[WcsKeyword, ...]], int]]:
    """Letter, words, words by root, and highest axis of each description."""
    words: dict[str, list[WcsKeyword]] = {}
    for name, card in reversed(keyword_index.first.items()):
        if name[:2] in _FIRST and (read := _read(name)) is not None:
            root, axes, alt = read
            words.setdefault(alt, []).append(WcsKeyword(name, root, axes, card))
    gathered = []
    for alt, group in sorted(words.items()):
        group.sort(key=lambda w: w.card)
        roots = {root: tuple(w for w in group if w.root == root) for root in dict.fromkeys(w.root for w in group)}
        gathered.append((alt, tuple(group), roots, max([a for w in group for a in w.axes], default=0)))
    return gathered


def describe(header: HeaderView) -> tuple[WcsDescription, ...]:
    """Descriptions of a header, the primary one first."""
    gathered = header.keyword_index.memo(_gather)
    if not gathered:
        return ()
    naxis = header.integer("ZNAXIS" if header.value("ZIMAGE") is True else "NAXIS") or 0
    return tuple(
        [
            WcsDescription(alt, ws, header.integer(f"WCSAXES{alt}"), naxis, roots, high)
            for alt, ws, roots, high in gathered
        ]
    )


def descriptions(context: Context) -> list[tuple[Hdu, WcsDescription]]:
    """Every description of every image, compressed ones and those without data included."""
    return context.by_file(_descriptions)


def _descriptions(context: Context) -> list[tuple[Hdu, WcsDescription]]:
    images = [hdu for hdu in context.file.hdus if hdu.type in ("IMAGE", "primary")]
    # Most headers have no such keyword, by the keywords alone.
    described = [hdu for hdu in images if hdu.header.keyword_index.memo(_gather)]
    return [(hdu, description) for hdu in described for description in hdu.header.memo_by_cards(describe)]
