"""Interferometry: keywords, cross references and observables of the OIFITS tables, and the fringe fit; by headers.

Columns are compared with the spec's column tables like those of any other table (TAB); here is what OIFITS 2
(Duvert, Young & Hummel 2017, A&A 597, A8) requires in addition. OI_Q4 is specific to JWST and checked like the others.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from jwstprod_check.fits.cards import Kind
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import listed, plural, quoted

_TEXT: Final = "a string"
_WHOLE: Final = "an integer"
_NUMBER: Final = "a number"
_KINDS: Final = {
    _TEXT: (Kind.STRING,),
    _WHOLE: (Kind.INTEGER,),
    _NUMBER: (Kind.INTEGER, Kind.FLOAT),
}

TRAITS: Final = ("interferometry",)
"""Trait of the products whose tables the rules on OIFITS look at."""

_MEASURED: Final = {"OI_REVN": _WHOLE, "DATE-OBS": _TEXT, "ARRNAME": _TEXT, "INSNAME": _TEXT}
_PRIMARY: Final = {"CONTENT": _TEXT, "OBSERVER": _TEXT, "OBJECT": _TEXT, "INSMODE": _TEXT}
"""Keywords that OIFITS adds to the primary header; the others that it requires are in every JWST file."""

_KEYWORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "OI_ARRAY": {
        "OI_REVN": _WHOLE,
        "ARRNAME": _TEXT,
        "FRAME": _TEXT,
        "ARRAYX": _NUMBER,
        "ARRAYY": _NUMBER,
        "ARRAYZ": _NUMBER,
    },
    "OI_TARGET": {"OI_REVN": _WHOLE},
    "OI_WAVELENGTH": {"OI_REVN": _WHOLE, "INSNAME": _TEXT},
    "OI_VIS": _MEASURED,
    "OI_VIS2": _MEASURED,
    "OI_T3": _MEASURED,
    "OI_Q4": _MEASURED,
}
MEASUREMENTS: Final = tuple(name for name, keywords in _KEYWORDS.items() if keywords is _MEASURED)
"""Tables of measurements, which refer to stations, wavelengths and targets."""

_OBSERVABLES: Final = {
    "OI_ARRAY": ("PISTONS", "PIST_ERR"),
    "OI_VIS": ("VISAMP", "VISAMPERR", "VISPHI", "VISPHIERR"),
    "OI_VIS2": ("VIS2DATA", "VIS2ERR"),
    "OI_T3": ("T3AMP", "T3AMPERR", "T3PHI", "T3PHIERR"),
    "OI_Q4": ("Q4AMP", "Q4AMPERR", "Q4PHI", "Q4PHIERR"),
}
_REVISION: Final = 2
_FRAMES: Final = ("GEOCENTRIC", "SKY")
_COEFFICIENTS: Final = 44


def oi_tables(context: Context, *names: str) -> list[Hdu]:
    """OIFITS tables of the product in the file, all or those of some names."""
    wanted = names or tuple(_KEYWORDS)
    return [hdu for row, hdu in context.tables() if row.name in wanted]


def _asked(context: Context) -> Iterator[tuple[Hdu, str, str]]:
    """Every keyword that OIFITS requires, with its HDU and the kind of its value."""
    if 0 not in context.excluded:
        yield from ((context.file.hdus[0], keyword, kind) for keyword, kind in _PRIMARY.items())
    for hdu in oi_tables(context):
        yield from ((hdu, keyword, kind) for keyword, kind in _KEYWORDS[hdu.name].items())


def _absent(hdu: Hdu, keyword: str) -> bool:
    card = hdu.header.card(keyword)
    return card is None or card.kind is Kind.UNDEFINED or (card.kind is Kind.STRING and not str(card.value).strip(" "))


@rule("KEY041", "missing-oifits-keyword", requires=("HDU004",), traits=TRAITS)
def missing(context: Context) -> Iterator[Outcome]:
    """The OIFITS tables and the primary header have the keywords that the OIFITS standard requires.

    Readers expect the columns of the revision OI_REVN; ARRNAME and INSNAME link a measurement to its stations and
    wavelengths, and without them a reader rejects the table. The primary header has CONTENT, OBSERVER, OBJECT and
    INSMODE. An empty string counts as missing.

    How to fix: write the keyword in the header that the message names.
    Source: OIFITS 2 (A&A 597, A8), sections 4 to 6; stdatamodels 6.0.0, oifits.schema.yaml (required).
    """
    for hdu, keyword, kind in _asked(context):
        if _absent(hdu, keyword):
            yield Problem(
                f"{keyword} is missing in {hdu.label}",
                hdu=hdu,
                keyword=keyword,
                expected=f"{keyword}, {kind}",
                found="empty" if keyword in hdu.header else "missing",
            )


@rule("KEY042", "oifits-keyword-value", requires=("HDU004",), traits=TRAITS)
def value(context: Context) -> Iterator[Outcome]:
    """The keywords of the OIFITS tables have the types and the values of the OIFITS standard.

    OI_REVN is 2, CONTENT is OIFITS2 and FRAME is GEOCENTRIC or SKY; the centre of the array is three numbers. Readers
    reject a table with other values.

    How to fix: write the expected value, numbers without quotes.
    Source: OIFITS 2 (A&A 597, A8), sections 4 to 6; stdatamodels 6.0.0, oifits.schema.yaml.
    """
    for hdu, keyword, kind in _asked(context):
        card = hdu.header.card(keyword)
        if card is None or _absent(hdu, keyword):
            continue
        right = card.kind in _KINDS[kind]
        allowed = _allowed(hdu, keyword)
        if not right or (allowed and card.value not in allowed):
            expected = " or ".join(str(v) for v in allowed) if allowed else kind
            written = quoted(str(card.value)) if card.kind is Kind.STRING else quoted(str(card.value)).strip("'")
            yield Problem(
                f"{keyword} of {hdu.label} is {written}, expected {expected}",
                hdu=hdu,
                keyword=keyword,
                expected=expected,
                found=written if right else f"{written} ({card.kind})",
                offset=card.offset,
            )


def _allowed(hdu: Hdu, keyword: str) -> tuple[int | str, ...]:
    match keyword:
        case "OI_REVN" if hdu.name != "OI_Q4":
            return (_REVISION,)
        case "FRAME":
            return _FRAMES
        case "CONTENT":
            return ("OIFITS2",)
    return ()


@rule("KEY043", "unknown-array", requires=("HDU004", "KEY041", "KEY042"), traits=TRAITS)
def array(context: Context) -> Iterator[Outcome]:
    """ARRNAME of every table of measurements is the ARRNAME of one of the OI_ARRAY tables.

    The station numbers of a measurement have no meaning without their array. Where all measurements have the same name
    and OI_ARRAY has another, OI_ARRAY is reported.

    How to fix: write the same ARRNAME in OI_ARRAY and in the tables of measurements.
    Source: OIFITS 2 (A&A 597, A8), section 6.1.
    """
    yield from _dangling(context, "ARRNAME", "OI_ARRAY")


@rule("KEY044", "unknown-wavelengths", requires=("HDU004", "KEY041", "KEY042"), traits=TRAITS)
def wavelengths(context: Context) -> Iterator[Outcome]:
    """INSNAME of every table of measurements is the INSNAME of one of the OI_WAVELENGTH tables.

    It links a measurement to its wavelength; a reader that does not find it drops the table. Where all measurements
    have the same name and OI_WAVELENGTH has another, OI_WAVELENGTH is reported.

    How to fix: write the same INSNAME in OI_WAVELENGTH and in the tables of measurements.
    Source: OIFITS 2 (A&A 597, A8), section 6.1.
    """
    yield from _dangling(context, "INSNAME", "OI_WAVELENGTH")


def _named_tables(context: Context, keyword: str) -> list[tuple[Hdu, str]]:
    """Binary tables that have a name in a keyword, with it."""
    tables = [hdu for hdu in context.file.hdus if hdu.type == "BINTABLE" and hdu.sized]
    return [(hdu, name) for hdu in tables if (name := hdu.header.string(keyword))]


def _dangling(context: Context, keyword: str, home: str) -> Iterator[Outcome]:
    named = context.by_file(_named_tables, keyword)
    tables = [(hdu, name) for hdu, name in named if hdu.index not in context.excluded]
    referring = [(hdu, name) for hdu, name in tables if hdu.name in MEASUREMENTS]
    homes = {name: hdu for hdu, name in tables if hdu.name == home}
    if not homes:
        if referring:
            yield Skip(f"no {home} to compare {keyword} with", ("HDU001", "HDU004"))
        return
    lost = [(hdu, name) for hdu, name in referring if name not in homes]
    if len(lost) == len(referring) > 1 and len({name for _, name in lost}) == len(homes) == 1:
        name, hdu = next(iter(homes.items()))
        said = lost[0][1]
        yield Problem(
            f"{keyword} of {hdu.label} is {quoted(name)}, but {quoted(said)} in {listed(h.label for h, _ in lost)}",
            hdu=hdu,
            keyword=keyword,
            expected=quoted(said),
            found=quoted(name),
        )
        return
    for hdu, name in lost:
        yield Problem(
            f"{keyword} of {hdu.label} is {quoted(name)}, which no {home} has",
            hdu=hdu,
            keyword=keyword,
            expected=" or ".join(quoted(n) for n in homes),
            found=quoted(name),
        )


@rule("TAB011", "observable-length", requires=("HDU004", "TAB002", "TAB004"), traits=TRAITS)
def observables(context: Context) -> Iterator[Outcome]:
    """The observables of all tables have the same number of values in a cell.

    Averaged products have one value; amimulti-oi has one for each integration, in OI_ARRAY and in the measurements. The
    most frequent length is taken as the expected one.

    How to fix: write the column with a value for each integration.
    Source: jwst documentation, data_products/science_products.rst (amimulti-oi).
    """
    cells = [
        (hdu, column, column.tform.repeat)
        for hdu in oi_tables(context, *_OBSERVABLES)
        for column in hdu.columns
        if column.tform is not None and (column.name or "").strip(" ").upper() in _OBSERVABLES[hdu.name]
    ]
    if not cells:
        return
    usual = Counter(length for _, _, length in cells).most_common(1)[0][0]
    for hdu, column, length in cells:
        if length != usual:
            name = (column.name or "").strip(" ")
            yield Problem(
                f"{hdu.label} column {quoted(name)} has {plural(length, 'value')} in a cell, other columns have {usual}",
                hdu=hdu,
                keyword=f"TFORM{column.number}",
                column=name,
                expected=f"{usual} values",
                found=f"{length} values",
            )


@rule("TAB012", "wavelength-count", requires=("HDU004",), traits=TRAITS)
def wavelength_count(context: Context) -> Iterator[Outcome]:
    """OI_WAVELENGTH has one row.

    An observable of OIFITS has one value for each row of its OI_WAVELENGTH. The aperture mask is used with one filter
    at a time, so there is one wavelength; the vectors of amimulti-oi have one element for each integration.

    How to fix: write the one wavelength of the filter.
    Source: OIFITS 2 (A&A 597, A8), section 6.1; jwst 3.0.0, ami/oifits.py.
    """
    for hdu in oi_tables(context, "OI_WAVELENGTH"):
        if hdu.rows not in (None, 0, 1):
            yield Problem(
                f"{hdu.label} has {hdu.rows} rows, but the observables are those of one wavelength",
                hdu=hdu,
                keyword="NAXIS2",
                expected="1 row",
                found=f"{hdu.rows} rows",
            )


@rule("TAB013", "coefficient-count", requires=("HDU004", "TAB002", "TAB004"), gives_way_to=("TAB006",))
def coefficients(context: Context) -> Iterator[Outcome]:
    """SOLNS of an amilg product has the 44 coefficients of the fringe fit for each integration.

    The pipeline step writes a row of 44 coefficients for each integration; the rule also accepts 44 rows with a value
    for each integration, as the documentation describes them.

    How to fix: write a row of 44 coefficients for each integration of the images.
    Source: jwst documentation, data_products/science_products.rst (amilg); jwst 3.0.0, ami/oifits.py.
    """
    nints = context.solution.symbols.get("nints")
    for row, hdu in context.tables():
        if row.name != "SOLNS" or row.dims.rows is not None or not hdu.columns or nints is None:
            continue
        tform, rows = hdu.columns[0].tform, hdu.rows
        if tform is None or rows is None:
            continue
        if (rows, tform.repeat) in ((nints.value, _COEFFICIENTS), (_COEFFICIENTS, nints.value)):
            continue
        yield Problem(
            f"{hdu.label} has {plural(rows, 'row')} of {plural(tform.repeat, 'coefficient')}, expected "
            f"{nints.value} of {_COEFFICIENTS} (nints = {nints.value} from {nints.origin})",
            hdu=hdu,
            keyword="NAXIS2" if tform.repeat == _COEFFICIENTS else "TFORM1",
            column=None if tform.repeat == _COEFFICIENTS else hdu.columns[0].name,
            expected=f"{plural(nints.value, 'row')} of {_COEFFICIENTS} coefficients",
            found=f"{plural(rows, 'row')} of {plural(tform.repeat, 'coefficient')}",
        )


RULES = (
    missing,
    value,
    array,
    wavelengths,
    observables,
    wavelength_count,
    coefficients,
)
