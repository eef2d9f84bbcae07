"""What is remembered of the files of one structure: the rules that found nothing, and what they read.

Files of one structure have the same keywords in each header, the same HDUs, names of one form and the same spec; they differ
in the values of cards, and in the size of tables that the spec leaves open. One of the first files of a structure is judged
with a note of all that each rule reads. A later file differs from that one in some cards; a rule that found nothing and
read none of these cards finds nothing again.
"""

from collections.abc import Callable, Hashable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.config import Options
from jwstprod_check.fits.compared import ComparedHeader
from jwstprod_check.fits.hdu import Hdu, HduStructure
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.memo import by_value
from jwstprod_check.product import Product
from jwstprod_check.product.identify import PATTERN
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.spec.model import ActiveSpec

if TYPE_CHECKING:
    from jwstprod_check.fits.observed import Reads

_MOST: Final = 512
_MOST_HDUS: Final = 100
"""HDUs of a file up to which its structure is compared with others'."""


class Structure:
    """The memory of one structure. ``seen`` counts its files; ``quiet`` are the rules that found nothing, as bits."""

    __slots__ = ("_headers", "_values", "quiet", "seen")

    def __init__(self) -> None:
        self.seen = 0
        self.quiet = 0
        self._headers: tuple[ComparedHeader, ...] = ()
        self._values: dict[Callable[..., Any], tuple[Any, int]] = {}

    def learn(
        self,
        file: FitsFile,
        quiet: "Mapping[int, Reads]",
        values: "Mapping[Callable[..., Any], tuple[Any, Reads]]",
        rules: int,
    ) -> None:
        """Take a file as the one that others are compared with.

        ``quiet`` has what each rule read that found nothing, by its place among ``rules`` rules; ``values`` what was
        remembered by structure.
        """
        self._headers = tuple(ComparedHeader(hdu.header.content) for hdu in file.hdus)
        for place, reads in quiet.items():
            if not reads.beyond:
                self.quiet |= 1 << place
                self._note(reads, 1 << place)
        for place, (derive, (value, reads)) in enumerate(values.items(), rules):
            if not reads.beyond:
                self._values[derive] = value, 1 << place
                self._note(reads, 1 << place)

    def _note(self, reads: "Reads", reader: int) -> None:
        for hdu, cards in reads.cards.items():
            self._headers[hdu].note(cards, reader)

    def touched(self, headers: tuple[Header, ...]) -> int:
        """Readers of the cards in which a file differs from the one that it is compared with."""
        touched = 0
        for header, compared in zip(headers, self._headers, strict=True):
            touched |= compared.touched(header.content)
        return touched

    def values(self, touched: int) -> dict[Callable[..., Any], Any]:
        """Values remembered by structure that hold for a file in which these readers' cards differ."""
        return {derive: value for derive, (value, reader) in self._values.items() if not reader & touched}


def structure_of(
    file: FitsFile, product: Product, spec: ActiveSpec, catalogue: Catalogue, options: Options
) -> Structure | None:
    """Return the memory of a file's structure, None for a file that is not compared with others."""
    hdus = file.hdus
    if file.defects or not file.complete or len(hdus) > _MOST_HDUS:
        return None
    indexes = tuple([hdu.header.keyword_index for hdu in hdus])
    if not all(map(attrgetter("reference"), indexes)):
        return None
    return _shared(
        options,
        spec,
        catalogue,
        product_of_structure(product),
        file.gzipped,
        indexes,
        tuple([(h.bitpix, h.fields) if is_variable(h, spec) else h.structure for h in hdus]),
        tuple([(hdu.extname, hdu.extver, hdu.sized) for hdu in hdus]),
    )


def product_of_structure(product: Product) -> tuple[Hashable, ...]:
    """What the files of a structure have in common of their products: all but what their names are."""
    name = product.file_name
    shape = None if name is None else (name.form, name.extension, name.suffix, tuple(name.fields))
    evidence = tuple([(one.source, one.source == PATTERN or one.said, one.products) for one in product.evidence])
    same = (product.name, product.candidates, product.forced, product.not_jwst_reason, product.covered, product.model)
    return (*same, shape, evidence)


def is_variable(hdu: Hdu, spec: ActiveSpec) -> bool:
    """Whether an HDU is a table whose size the table of its product leaves open."""
    return hdu.type == "BINTABLE" and hdu.name in _variable_tables(spec)


@by_value(512)
def _variable_tables(spec: ActiveSpec) -> frozenset[str]:
    """Names (upper case) of the tables of a product whose size its table leaves open, such as ASDF, whose text is never as long."""
    return frozenset(row.name for row in spec.rows if row.type == "BINTABLE" and row.dims.kind == "variable")


@by_value(_MOST)
def _shared(
    _options: Options,
    _spec: ActiveSpec,
    _catalogue: Catalogue,
    _product: tuple[Hashable, ...],
    _gzipped: bool,
    _indexes: tuple[KeywordIndex, ...],
    _structures: tuple[HduStructure | tuple[int | None, int | None], ...],
    _names: tuple[tuple[str | None, int, bool], ...],
) -> Structure:
    return Structure()
