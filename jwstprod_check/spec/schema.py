"""What the YAML documents may hold, typed; ``jwstprod spec schema`` prints their JSON Schema.

Unknown fields are errors. ``model`` has what the loader makes of the documents.
"""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec

HduType = Literal["primary", "IMAGE", "BINTABLE"]
Presence = Literal["required", "recommended", "optional"]
Format = Literal["FITS", "ECSV"]
KeywordType = Literal["string", "integer", "float", "logical", "version"]
Text = Annotated[str, msgspec.Meta(min_length=1)]
NameForm = Literal["exposure", "exposure_stage3", "source", "wavefront", "gs_id", "gs_other", "configuration"]
DEFAULT_FORMS: Final[tuple[NameForm, ...]] = ("exposure", "exposure_stage3", "source")
"""Forms of the names of a product that lists none."""


class Recognise(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a file of the product is identified.

    ``suffixes`` are the name's product types; ``name_contains`` must appear in the name as well (guide-star
    functions); ``models`` are values of DATAMODL; ``exp_types`` lists EXP_TYPE where only some fit; ``extensions``
    are the endings of the names of a product that is not FITS. With ``own_exposures`` nothing else of its data models is made
    from exposures of these types, so that EXP_TYPE identifies it. ``forms`` are the forms of the naming grammar in which
    the suffixes appear, by suffix where they differ. ``names`` are patterns of whole base names (``hlsp_*_spec.fits``), in
    which ``*`` and ``?`` stand for any characters and case does not count: a file of such a name is of the product.
    """

    suffixes: list[Text] = []
    models: list[Text] = []
    exp_types: list[Text] = []
    name_contains: list[Text] = []
    extensions: list[Text] = []
    own_exposures: bool = False
    forms: list[NameForm] | dict[Text, list[NameForm]] = []
    names: list[Text] = []

    def forms_of(self, suffix: str) -> Sequence[str]:
        """Forms of the names that end in a suffix."""
        given = self.forms.get(suffix, []) if isinstance(self.forms, dict) else self.forms
        return given or DEFAULT_FORMS

    def by_form(self) -> dict[str, frozenset[str]]:
        """Suffixes by the form of the names in which they appear."""
        found: dict[str, set[str]] = {}
        for suffix in self.suffixes:
            for form in self.forms_of(suffix):
                found.setdefault(form, set()).add(suffix)
        return {form: frozenset(suffixes) for form, suffixes in found.items()}


class KeywordRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A range of numbers, both ends included; one of them may be open."""

    least: float | None = None
    most: float | None = None


KeywordValue = bool | int | float | str | list[bool | int | float | str] | KeywordRange
"""Value of a keyword, the values that it may have, or their range."""


class RowDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A row of the documented table, cell by cell.

    ``hdu`` is the documented index, absent where the document leaves it blank; ``optional`` is the asterisk;
    ``when`` is the condition that the text under the table gives for an optional row, and with ``needed`` it also demands
    the HDU; ``columns`` names a column table.
    ``*`` and ``?`` in ``extname`` stand for any characters: all HDUs of such a name, one at least unless it is optional.
    ``keywords`` are those that each HDU of the row must have, with their values. Row 0 has ``dtype`` and ``dims`` where the
    primary HDU contains data. The row is asked for from ``since`` up to, not including, ``until`` (values of CAL_VER): in
    files of other releases it is optional.
    """

    type: HduType
    hdu: int | None = None
    extname: str | None = None
    dtype: str | None = None
    dims: str | None = None
    optional: bool = False
    when: str | None = None
    needed: bool = False
    columns: str | None = None
    min_rows: int = 0
    keywords: dict[Text, KeywordValue] = {}
    since: Text | None = None
    until: Text | None = None


class PatchDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A change that an amendment makes to the row of an EXTNAME.

    An EXTNAME that the table does not have adds a row, optional unless the patch has ``optional: false``. ``dtype`` may list
    alternatives, the documented one included. Absent fields stay as they are.
    """

    extname: Text
    type: HduType | None = None
    dtype: str | list[str] | None = None
    dims: str | None = None
    optional: bool | None = None
    when: str | None = None
    columns: str | None = None
    min_rows: int | None = None


class Binding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A keyword expression that states a symbol's value; ``also`` lists other values that are right too."""

    value: Text
    when: str | None = None
    also: list[Text] = []


class SymbolDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A dimension name: its meaning, the keyword expressions that state it (the first that holds counts).

    ``presence`` says whether the keywords named in ``keywords`` must or should be there in a product whose
    dimensions use the symbol; ``scope`` is ``hdu`` where each HDU has its own value.
    """

    meaning: Text
    stated: list[Binding] = []
    keywords: list[Text] = []
    presence: Presence = "optional"
    scope: Literal["file", "hdu"] = "file"


class SetsDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """HDUs that come in sets of one EXTVER each, as the slits of a multi-slit product.

    ``rows`` are the EXTNAMEs of a set, ``symbols`` the dimensions that are solved for each set alone.
    """

    rows: list[Text]
    symbols: list[Text] = []


class AmendmentDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where real files are known to differ from the documented table: condition, reason and source.

    ``symbols`` replaces the keyword bindings of symbols (an empty ``stated`` unbinds them), ``order: free``
    switches the documented order off, that SCI comes first excepted. It applies from ``since`` up to, not including, ``until``
    (values of CAL_VER), besides ``when``.
    """

    id: Text
    because: Text
    source: Text
    when: str | None = None
    hdus: list[PatchDocument] = []
    symbols: dict[str, SymbolDocument] = {}
    sets: SetsDocument | None = None
    order: Literal["documented", "free"] | None = None
    since: Text | None = None
    until: Text | None = None


class KeywordsDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Keywords that a product must or should have besides those of ``specs/headers.yaml``."""

    required: list[Text] = []
    recommended: list[Text] = []


class ExposuresDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Types of exposure that a product is made from, by groups of ``specs/exposures.yaml``: these alone, or all but these.

    It has no say in what product a file is; ``exp_types`` of ``recognise`` has.
    """

    only: list[Text] = []
    never: list[Text] = []


class ExposureGroupDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A group of types of exposure, values of EXP_TYPE."""

    meaning: Text
    types: list[Text]


class RetiredDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The release of the pipeline from which a product is not written any more, and the source of that."""

    release: Text
    source: Text


class PageVersion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which version of a page a table is of: the release of the pipeline, and the commit."""

    release: Text
    commit: Text


class ProductDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A product's YAML file. One whose ``format`` is not FITS is named, not checked, and has no ``hdus``.

    ``traits`` are names of ``specs/traits.yaml``: what rules must know of the product. ``units`` are the values that
    BUNIT of SCI may have; ``exposures`` are the types of exposure that it is made from, ``steps``
    the keywords of the steps without which there is no such product, ``retired`` when it was given up. ``documented_at``
    says which version of the page ``hdus`` are of. What a document does not say, it has from the one that it ``extends``.
    """

    product: Text
    title: Text
    documentation: Text
    recognise: Recognise
    documented_at: PageVersion | None = None
    format: Format = "FITS"
    extends: str | None = None
    exposures: ExposuresDocument | None = None
    traits: list[Text] | None = None
    units: list[Text] | None = None
    steps: list[Text] | None = None
    retired: RetiredDocument | None = None
    hdus: list[RowDocument] | None = None
    amendments: list[AmendmentDocument] = []
    without: list[str] = []
    symbols: dict[str, SymbolDocument] = {}
    sets: SetsDocument | None = None
    keywords: KeywordsDocument = KeywordsDocument()


class KnownDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A product that is known by its suffixes and has no spec (``specs/known.yaml``)."""

    title: Text
    suffixes: list[Text]
    documentation: str = ""


class ModelsDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Data models that identify no product by themselves (``specs/models.yaml``)."""

    generic: list[Text] = []


class ColumnDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A column: TTYPEn, type as a reader sees it (``int32``, ``float64[44]``, ``str26``), unit where it is fixed.

    ``*`` and ``?`` in a name stand for any characters: all columns of such a name. ``float64[*]`` is a vector of any length;
    all columns of a table that name one length (``float64[nelem]``) have the same, which is that of the symbol where the
    product has one of that name. An optional column with ``beside`` is there
    where that column is. ``units`` are those that TUNITn may state, ``unit_like`` another column whose unit it has, or the
    square of it (``FLUX^2``). ``values`` are all that a cell may have, ``low`` and ``high`` the limits of a number (NaN is
    none); ``where`` states for which rows they hold, by values of other columns.
    """

    name: Text
    dtype: str | list[str]
    unit: str | None = None
    optional: bool = False
    beside: str | None = None
    units: list[Text] = []
    unit_like: Text | None = None
    values: list[Text] = []
    low: float | None = None
    high: float | None = None
    where: dict[str, Text] = {}


class ColumnTableDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A column table, shared by name. ``extra`` allows columns that it does not list."""

    source: Text
    columns: list[ColumnDocument]
    extra: bool = False

    def __hash__(self) -> int:
        return hash(self.source)


class FlagDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A bit of a data-quality array: its name, its meaning, and names that it had before."""

    bit: Annotated[int, msgspec.Meta(ge=0, le=63)]
    name: Text
    meaning: Text
    formerly: str | None = None


class FlagsDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The bits of some data-quality arrays, which are named by EXTNAME."""

    arrays: list[Text]
    flags: list[FlagDocument]


class KeywordDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A keyword of the vocabulary: the type of its value and its meaning.

    ``hdu`` is the EXTNAME (or several) of its home, ``PRIMARY`` by default. ``values`` lists known values of an
    enumerated keyword; ``closed`` says that there are no others. ``formerly`` are names that it had before.
    """

    type: KeywordType
    meaning: str = ""
    hdu: str | list[str] = "PRIMARY"
    values: list[str | int] = []
    closed: bool = False
    formerly: list[Text] = []


class StepsDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Steps of the pipeline that read a keyword, and the products in which it must be (``specs/steps.yaml``).

    The products have all of ``traits``; ``when`` is a condition on the file.
    """

    steps: list[Text]
    traits: list[Text]
    source: Text
    when: str | None = None


class HeaderDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the headers of a group of products must contain (``specs/headers.yaml``).

    It is for the products that have one of ``traits``, for all where there are none, but not for those that have one of
    ``unless``; ``combined`` limits it to files whose name has an association.
    """

    because: Text
    traits: list[Text] = []
    unless: list[Text] = []
    combined: bool = False
    required: list[Text] = []
    recommended: list[Text] = []
