"""What a spec is once it is loaded: documents resolved, cells parsed, expressions compiled."""

from typing import Literal

import msgspec

from jwstprod_check.spec.dims import Dims
from jwstprod_check.spec.expressions import Expression
from jwstprod_check.spec.patterns import matches
from jwstprod_check.spec.schema import (
    ColumnTableDocument,
    Format,
    HduType,
    KeywordValue,
    PageVersion,
    Presence,
    Recognise,
    RetiredDocument,
    RowDocument,
    SetsDocument,
)


class HeaderRequirements(msgspec.Struct, frozen=True):
    """What the headers of a product must say, all groups taken together."""

    required: tuple[str, ...] = ()
    recommended: tuple[str, ...] = ()
    combined_required: tuple[str, ...] = ()
    combined_recommended: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    def all(self, combined: bool) -> tuple[str, ...]:
        """Every keyword that must or should be there, in a file of an association those of combined products as well."""
        more = self.combined_required + self.combined_recommended if combined else ()
        return self.required + self.recommended + more


class StepKeyword(msgspec.Struct, frozen=True):
    """A keyword of a product that steps read; ``when`` None means always."""

    keyword: str
    steps: tuple[str, ...]
    when: Expression | None


class Row(msgspec.Struct, frozen=True):
    """A row ready to be compared with an HDU. ``dtypes`` is empty where none is documented.

    ``name`` is EXTNAME in upper case, '' for the primary; ``repeats`` states that it is a pattern of several names.
    ``keywords`` are those that its HDUs must have, with their values. ``released`` is the condition under which it is
    required, None for always, and ``releases`` its words.
    """

    name: str
    extname: str | None
    type: HduType
    hdu: int | None
    dtypes: tuple[str, ...]
    dims: Dims
    optional: bool
    when: Expression | None
    columns: ColumnTableDocument | None
    min_rows: int
    documented: bool
    text: str
    needed: bool = False
    repeats: bool = False
    released: Expression | None = None
    releases: str = ""
    keywords: dict[str, KeywordValue] = {}

    def claims(self, name: str) -> bool:
        """Whether an EXTNAME in upper case is one of the row's."""
        return matches(name, self.name) if self.repeats else name == self.name

    @property
    def described(self) -> bool:
        """Whether the row says anything of the data of its HDUs; the primary of a JWST product has none."""
        return self.type != "primary" or self.dims.kind != "none"

    def of_rank(self, rank: int) -> "Row":
        """Return the row as it holds for an image of some number of axes."""
        return msgspec.structs.replace(self, dims=self.dims.of_rank(rank))


class Symbol(msgspec.Struct, frozen=True):
    """A symbol with its bindings compiled: (condition or None, value, other right values) in order."""

    name: str
    meaning: str
    stated: tuple[tuple[Expression | None, Expression, tuple[Expression, ...]], ...]
    keywords: tuple[str, ...]
    presence: Presence
    scope: Literal["file", "hdu"]


class Patch(msgspec.Struct, frozen=True):
    """A patch with its cells parsed; None leaves a cell as it is."""

    extname: str
    type: HduType | None
    dtypes: tuple[str, ...] | None
    dims: Dims | None
    text: str | None
    optional: bool | None
    when: Expression | None
    columns: ColumnTableDocument | None
    min_rows: int | None


class Amendment(msgspec.Struct, frozen=True):
    """An amendment ready to be applied; ``when`` None means always."""

    id: str
    because: str
    source: str
    when: Expression | None
    patches: tuple[Patch, ...]
    symbols: dict[str, Symbol]
    sets: SetsDocument | None
    free_order: bool


class Exposures(msgspec.Struct, frozen=True):
    """Types of exposure that a product is made from, () for any; ``groups`` are those that it names.

    ``barred`` states whether those groups are the ones that it is never made from.
    """

    types: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    barred: bool = False


class Spec(msgspec.Struct, frozen=True):
    """A product's spec, resolved through ``extends``: documented rows in order, then amendments.

    ``covered`` is False for a product that is known and has no table to check a file against: one that is not FITS, and
    the output of a step.
    """

    product: str
    title: str
    documentation: str
    recognise: Recognise
    documents: tuple[RowDocument, ...]
    rows: tuple[Row, ...]
    amendments: tuple[Amendment, ...]
    symbols: dict[str, Symbol]
    sets: SetsDocument | None
    header: HeaderRequirements = HeaderRequirements()
    step_keywords: tuple[StepKeyword, ...] = ()
    format: Format = "FITS"
    traits: tuple[str, ...] = ()
    exposures: Exposures = Exposures()
    steps: tuple[str, ...] = ()
    retired: RetiredDocument | None = None
    covered: bool = True
    documented_at: PageVersion | None = None

    @property
    def page(self) -> str:
        """The page of the table, with its version where it is known."""
        at = self.documented_at
        return self.documentation if at is None else f"{self.documentation}, jwst {at.release} (commit {at.commit})"


class ActiveSpec(msgspec.Struct, frozen=True, eq=False):
    """A spec as amended for one file. ``applied`` are the amendments that hold for it.

    ``by_name`` has the rows by their names in upper case, ``set_rows`` the names of those that come once for each EXTVER.

    It is equal to itself alone, so that what follows from it can be remembered.
    """

    spec: Spec
    rows: tuple[Row, ...]
    symbols: dict[str, Symbol]
    sets: SetsDocument | None
    applied: tuple[Amendment, ...]
    free_order: bool
    by_name: dict[str, Row]
    set_rows: frozenset[str]

    @property
    def product(self) -> str:
        """Name of the product."""
        return self.spec.product

    def row(self, name: str) -> Row | None:
        """Return the row of an EXTNAME (upper case), None without one."""
        return self.by_name.get(name)
