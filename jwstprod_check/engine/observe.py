"""A file through a glass that notes what a rule reads of it.

A rule that found nothing in one file finds nothing in another if all that it read is the same there. So the first of two
files of one structure is judged through this glass, and of the second only what differs (``engine.structure``).
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from jwstprod_check.engine.observed_hdu import ObservedHdu
from jwstprod_check.engine.structure import is_variable
from jwstprod_check.fits.cards import Scalar
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.lookup import FileFacts, LookedUp
from jwstprod_check.fits.observed import Observer, Reads
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.match.dimensions import Solution
from jwstprod_check.match.rows import Matching
from jwstprod_check.product import Evidence, Name, Product
from jwstprod_check.product.identify import PATTERN
from jwstprod_check.rules.context import (
    Context,
    find_images,
    find_matching,
    find_pairs,
    find_solution,
    find_tables,
)
from jwstprod_check.spec.model import ActiveSpec, Row

if TYPE_CHECKING:
    from jwstprod_check.scan.facts import Scan
    from jwstprod_check.scan.records import Tables

T = TypeVar("T")


class _Observed:
    """Attributes of something else; those that are not the same for all files of a structure are noted."""

    _same: frozenset[str] = frozenset()

    def __init__(self, base: object, observer: Observer) -> None:
        self._base = base
        self._observer = observer

    def __getattr__(self, name: str) -> Any:
        if name not in self._same:
            self._observer.reads.beyond = True
        return getattr(self._base, name)


class _ObservedFile(_Observed):
    """A file without defects, whose HDUs are observed."""

    _same = frozenset({"gzipped", "defects", "complete"})

    def __init__(self, base: FitsFile, spec: ActiveSpec, observer: Observer) -> None:
        super().__init__(base, observer)
        self.hdus = tuple(ObservedHdu(hdu, observer, is_variable(hdu, spec)) for hdu in base.hdus)
        self.by_name = {name: tuple(self.hdus[h.index] for h in group) for name, group in base.by_name.items()}

    @property
    def primary(self) -> Header | None:
        return self.hdus[0].header if self.hdus else None

    def named(self, name: str) -> tuple[Hdu, ...]:
        return self.by_name.get(name, ())


class _ObservedFields(Mapping[str, str]):
    """The parts of a file name: which there are is the same for all files of a structure, what they are is not."""

    def __init__(self, base: dict[str, str], observer: Observer) -> None:
        self._base = base
        self._observer = observer

    def __contains__(self, name: object) -> bool:
        return name in self._base

    def __iter__(self) -> Iterator[str]:
        return iter(self._base)

    def __len__(self) -> int:
        return len(self._base)

    def __getitem__(self, name: str) -> str:
        found = self._base[name]
        self._observer.reads.beyond = True
        return found


class _ObservedName(_Observed):
    """A file name; its form, and so what it states at all, is the same for all files of a structure."""

    _same = frozenset({"form", "extension", "suffix", "of_association", "combined"})

    @property
    def fields(self) -> _ObservedFields:
        return _ObservedFields(cast("Name", self._base).fields, self._observer)


class _ObservedProduct(_Observed):
    """A product. What ``product_of_structure`` returns is the same for all files of a structure."""

    _same = frozenset({"name", "candidates", "forced", "not_jwst_reason", "covered", "model"})

    @property
    def file_name(self) -> _ObservedName | None:
        name = cast("Product", self._base).file_name
        return None if name is None else _ObservedName(name, self._observer)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        found = cast("Product", self._base).evidence
        if any(one.source == PATTERN for one in found):
            self._observer.reads.beyond = True
        return found

    def evidence_from(self, source: str) -> Evidence | None:
        return next((one for one in self.evidence if one.source == source), None)


class _Anew(LookedUp):
    """Keywords of an observed file, looked up anew each time, so that each reader is noted."""

    def __missing__(self, name: str) -> Scalar:
        value = super().__missing__(name)
        del self[name]
        return value


class ObservedContext(Context):
    """A context that notes what is read through it.

    ``structural`` are the values that were remembered by structure, each with what it was made of.
    """

    def __init__(self, base: Context, observer: Observer) -> None:
        file = cast("FitsFile", _ObservedFile(base.file, base.spec, observer))
        product = cast("Product", _ObservedProduct(base.product, observer))
        self._scan = base.scan
        self._small_tables = base.small_tables
        self._observer = observer
        super().__init__(
            file, product, base.spec, base.catalogue, base.strict, base.profile, None, FileFacts(file, _Anew)
        )
        self.reported = base.reported
        self._values: dict[Hashable, tuple[Any, Reads]] = {}
        self.structural: dict[Callable[..., Any], tuple[Any, Reads]] = {}

    @property
    def scan(self) -> "Scan | None":
        """What the data pass found."""
        self._observer.reads.beyond = True
        return self._scan

    @scan.setter
    def scan(self, value: object) -> None:
        del value

    @property
    def small_tables(self) -> "Tables | None":
        """Bytes of small tables."""
        self._observer.reads.beyond = True
        return self._small_tables

    @small_tables.setter
    def small_tables(self, value: object) -> None:
        del value

    def by_file(self, derive: Callable[..., T], *args: Hashable) -> T:
        """Value of a function of the file; its reads are those of everyone who asks for it."""
        key = (derive, args)
        if key not in self._values:
            self._values[key] = self._observer.during(derive, self, *args)
        value, reads = self._values[key]
        self._observer.reads.include(reads)
        known: T = value
        return known

    # What a context keeps for speed is asked for anew each time, so that whoever uses it is noted.

    @property
    def matching(self) -> Matching:
        """Rows and their HDUs."""
        return self.by_file(find_matching)

    @property
    def solution(self) -> Solution:
        """The solved dimensions."""
        return self.by_structure(find_solution)

    @property
    def _pairs(self) -> list[tuple[Row, Hdu]]:
        return self.by_file(find_pairs)

    @property
    def _images(self) -> list[tuple[Row, Hdu]]:
        return self.by_file(find_images)

    @property
    def _tables(self) -> list[tuple[Row, Hdu]]:
        return self.by_file(find_tables)

    def by_structure(self, derive: Callable[[Context], T]) -> T:
        """Value of a function of the file that holds nothing of this file."""
        value = self.by_file(derive)
        self.structural[derive] = self._values[derive, ()]
        return value
