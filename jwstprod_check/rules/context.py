"""What a rule is given: the file, its product, its spec as amended, and what follows from them."""

from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.match.dimensions import Solution, solve_dims
from jwstprod_check.match.rows import Matching, match
from jwstprod_check.memo import Memo
from jwstprod_check.product import Product
from jwstprod_check.spec.model import ActiveSpec, Row, Spec

if TYPE_CHECKING:
    from jwstprod_check.scan.facts import Scan
    from jwstprod_check.scan.records import Tables
    from jwstprod_check.spec.loader import Catalogue
    from jwstprod_check.spec.profile import Profile

F = TypeVar("F")
T = TypeVar("T")

_SECOND: Final = itemgetter(1)
"""HDU of a pair of a row and its HDU."""


class Context:
    """Everything that the rules of one file share.

    The ``spec`` given is None where the product is not known, ``scan`` where the data were not read; ``facts`` are its keywords,
    for expressions. ``reported`` are the keywords, by index of their HDU, that have a warning or an error so far.
    ``small_tables`` are those that the default check reads of some products (trait ``interferometry``).

    Attributes:
        known: whether the product is known.
        spec: the amended spec, and
        set_rows: the names (upper case) of its rows that come once for each EXTVER, where the product is known; only rules
            that need a known product use them.
        primary: header of the primary HDU, in a file that has HDUs.
    """

    spec: ActiveSpec
    set_rows: frozenset[str]
    primary: Header

    def __init__(
        self,
        file: FitsFile,
        product: Product,
        spec: ActiveSpec | None,
        catalogue: "Catalogue",
        strict: bool = False,
        profile: "Profile | None" = None,
        scan: "Scan | None" = None,
        facts: FileFacts | None = None,
        tables: "Tables | None" = None,
    ) -> None:
        self.file = file
        self.product = product
        self.facts = facts or FileFacts(file)
        self.catalogue = catalogue
        self.strict = strict
        self.profile = profile
        self.scan = scan
        self.small_tables = tables
        self.excluded: frozenset[int] = frozenset()
        self.reported: set[tuple[int, str]] = set()
        self.known = spec is not None
        if spec is not None:
            self.spec = spec
            self.set_rows = spec.set_rows
        if file.hdus:
            self.primary = file.hdus[0].header
        self._memo = Memo()
        self._known_here = self._memo.known
        self._known: Mapping[Callable[..., Any], Any] = {}

    def by_file(self, derive: "Callable[..., T]", *args: Hashable) -> T:
        """Value of ``derive(context, *args)``, computed once for the file. It must not look at ``excluded``."""
        if not args:
            known: T | None = self._known_here.get(derive)
            if known is not None:
                return known
        return self._memo.get(derive, self, *args)

    def recall(self, known: "Mapping[Callable[..., Any], Any]") -> None:
        """Take over values that were computed for another file of the same structure and hold for this one."""
        self._known = known

    def by_structure(self, derive: "Callable[[Context], T]") -> T:
        """Value of a function of the file that holds nothing of this file: an HDU appears in it as its index.

        It is computed once for all files that do not differ in what it is made of.
        """
        if derive in self._known:
            value: T = self._known[derive]
            return value
        return self.by_file(derive)

    def excluding(self, hdus: frozenset[int]) -> "Context":
        """Return the same context for a rule that must not look at some HDUs (by index)."""
        if not hdus:
            return self
        # Of the same class: what is read through an observed context is noted through its view too.
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        view.excluded = hdus
        return view

    def has_trait(self, *traits: str) -> bool:
        """Whether the product is known to have one of some traits."""
        return self.known and any(t in self.spec.spec.traits for t in traits)

    @cached_property
    def uncovered(self) -> Spec | None:
        """Spec of a product that has no table to check a file against; None for any other."""
        spec = self.catalogue.spec(self.product.name) if self.product.name is not None else None
        return spec if spec is not None and not spec.covered else None

    @cached_property
    def matching(self) -> Matching:
        """Rows and their HDUs."""
        return self.by_file(find_matching)

    @cached_property
    def solution(self) -> Solution:
        """Return the solved dimensions; HDUs of the wrong type or rank do not count."""
        return self.by_structure(find_solution)

    def pairs(self) -> list[tuple[Row, Hdu]]:
        """Every row of an extension with each HDU that is to be compared with it.

        Of a name that appears more than once without coming in sets only the first HDU is taken, and an HDU that
        the walk could not size is left out: both have their own finding.
        """
        return self.kept(self._pairs, _SECOND)

    def group_key(self, row: Row, what: str) -> str | None:
        """Return the fold of a problem that may repeat from HDU to HDU; None for a row that appears once."""
        return f"{what} {row.name}" if row.repeats or row.name in self.set_rows else None

    def images(self) -> list[tuple[Row, Hdu]]:
        """Pairs whose row and HDU are both images."""
        return self.kept(self._images, _SECOND)

    def tables(self) -> list[tuple[Row, Hdu]]:
        """Pairs whose row and HDU are both binary tables."""
        return self.kept(self._tables, _SECOND)

    @cached_property
    def _pairs(self) -> list[tuple[Row, Hdu]]:
        return self.by_file(find_pairs)

    @cached_property
    def _images(self) -> list[tuple[Row, Hdu]]:
        return self.by_file(find_images)

    @cached_property
    def _tables(self) -> list[tuple[Row, Hdu]]:
        return self.by_file(find_tables)

    def kept(self, found: list[F], hdu_of: Callable[[F], Hdu]) -> list[F]:
        """What was found for all rules, without the HDUs that this one must not look at."""
        return [one for one in found if hdu_of(one).index not in self.excluded] if self.excluded else found


def find_matching(context: Context) -> Matching:
    """Rows of the spec and their HDUs."""
    return match(context.file, context.spec)


def find_solution(context: Context) -> Solution:
    """Solve the dimensions of the file."""
    return solve_dims(context.spec, context.matching, context.facts)


def find_pairs(context: Context) -> list[tuple[Row, Hdu]]:
    """Find the HDUs that are to be compared with each row."""
    pairs = []
    for found in context.matching.found:
        if found.row.described:
            hdus = found.standing(found.row.name in context.set_rows)
            pairs += [(found.row, hdu) for hdu in hdus if hdu.sized]
    return pairs


def find_images(context: Context) -> list[tuple[Row, Hdu]]:
    """Find the pairs whose row and HDU are both images, or the primary with data."""
    pairs = ((row, hdu) for row, hdu in context.by_file(find_pairs) if row.type == hdu.type != "BINTABLE")
    return [(row.of_rank(len(hdu.axes)) if row.dims.spare else row, hdu) for row, hdu in pairs]


def find_tables(context: Context) -> list[tuple[Row, Hdu]]:
    """Find the pairs whose row and HDU are both binary tables."""
    return [(row, hdu) for row, hdu in context.by_file(find_pairs) if row.type == "BINTABLE" and hdu.type == "BINTABLE"]
