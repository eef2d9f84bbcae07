"""WCS: world coordinates of images, from headers alone. ``footprint`` has the rules on S_REGION.

No library computes the coordinates, because libraries warn about valid JWST headers. Only contradictions between
keywords are checked; the types of their values belong to the FITS family.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header_view import HeaderView
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.rules.wcs.descriptions import WcsDescription, WcsKeyword, describe, descriptions
from jwstprod_check.text import listed, plural, quoted

MAX_AXES: Final = 9
"""Largest number of axes of a description whose matrix is checked."""

_NEEDED = ("CTYPE", "CRPIX", "CRVAL")


def _problem(
    hdu: Hdu, word: WcsKeyword, text: str, expected: str, found: str, severity: Severity | None = None
) -> Problem:
    return Problem(
        f"{hdu.label}: {text}",
        hdu=hdu,
        keyword=word.name,
        expected=expected,
        found=found,
        offset=hdu.header.at(word.card).offset,
        group_key=f"{hdu.name} {text}",
        severity=severity,
    )


@rule("WCS001", "axis-beyond-wcsaxes", scope="walk")
def beyond(context: Context) -> Iterator[Outcome]:
    """No keyword describes an axis beyond WCSAXES.

    Readers disagree on such a header: some stop, some use the axis. It is left over when a third axis is removed but
    its CRPIX3 is not. Without WCSAXES, an axis beyond NAXIS is a warning.

    How to fix: remove the keyword, or correct WCSAXES.
    Source: FITS Standard 4.0, section 8.2 (WCSAXES); jwst issues 4589 and 3182.
    """
    for hdu, description in descriptions(context):
        limit = description.axes if description.axes is not None else description.naxis
        if description.highest <= limit or not description.counted or (description.axes is None and not limit):
            continue
        over = [w for w in description.words if any(a > limit for a in w.axes)]
        # A negative WCSAXES may be the only word.
        if not over:
            continue
        name = f"WCSAXES{description.alt}" if description.axes is not None else "NAXIS"
        said = f"{name} = {limit}" if description.axes is not None else f"{name} = {limit} without WCSAXES"
        verb = "describes" if len(over) == 1 else "describe"
        yield _problem(
            hdu,
            over[0],
            f"{listed((w.name for w in over), 4)} {verb} an axis beyond {said}",
            f"no axis beyond {name} = {limit}",
            listed(w.name for w in over),
            None if description.axes is not None else Severity.WARNING,
        )


@rule("WCS002", "wcs-incomplete", Severity.WARNING, scope="walk")
def incomplete(context: Context) -> Iterator[Outcome]:
    """Each axis of the primary description has CTYPE, CRPIX and CRVAL.

    A missing one means a linear axis, pixel 0 or value 0, which is valid but rarely intended. The number of axes is
    WCSAXES; it may be smaller than NAXIS, because integrations and groups have no coordinate.

    How to fix: write the keyword.
    Source: FITS Standard 4.0, section 8.2; jdaviz pull request 1004.
    """
    for hdu, description in descriptions(context):
        have = {w.name for w in description.of(*_NEEDED)}
        if description.alt or not have or not description.counted or description.count > MAX_AXES:
            continue
        lost = [f"{root}{n}" for n in range(1, description.count + 1) for root in _NEEDED if f"{root}{n}" not in have]
        if lost:
            verb = "is" if len(lost) == 1 else "are"
            yield _problem(
                hdu,
                msgspec.structs.replace(description.words[0], name=lost[0]),
                f"{listed(lost, 6)} {verb} missing for {plural(description.count, 'axis').replace('axiss', 'axes')}",
                "CTYPE, CRPIX and CRVAL of each axis",
                f"without {listed(lost)}",
            )


@rule("WCS003", "wcsaxes-late", scope="walk")
def late(context: Context) -> Iterator[Outcome]:
    """WCSAXES precedes the other keywords of its description.

    Readers that read a header once need the number of axes first.

    How to fix: move the WCSAXES card before them.
    Source: FITS Standard 4.0, section 8.2 (WCSAXES).
    """
    for hdu, description in descriptions(context):
        first = description.words[0]
        late_word = next(iter(description.of("WCSAXES")), None)
        if late_word is not None and first.root != "WCSAXES":
            yield _problem(
                hdu,
                late_word,
                f"{late_word.name} appears after {first.name}",
                f"{late_word.name} before card {first.card + 1}",
                f"card {late_word.card + 1}",
            )


@rule("WCS004", "two-matrices", scope="walk")
def two_matrices(context: Context) -> Iterator[Outcome]:
    """A description rotates its axes in one way: by PCi_j, by CDi_j or by CROTAi.

    Readers use one and ignore the other, and they differ in which one. Programs that fit a new pointing often add CDi_j
    to a header that has PCi_j.

    How to fix: remove the older of the two.
    Source: FITS Standard 4.0, sections 8.1 (CROTA not with PC) and 8.2 (CD not with PC).
    """
    for hdu, description in descriptions(context):
        matrix = description.of("PC")
        for other in (description.of("CD"), description.of("CROTA")):
            if matrix and other:
                yield _problem(
                    hdu,
                    other[0],
                    f"{matrix[0].name} and {other[0].name} appear in one description",
                    f"PCi_j or {other[0].root}{'i_j' if other[0].root == 'CD' else 'i'}, not both",
                    f"{matrix[0].name} and {other[0].name}",
                )


@rule("WCS005", "zero-increment", scope="walk")
def zero(context: Context) -> Iterator[Outcome]:
    """CDELT is not zero.

    All pixels along such an axis have the same coordinate, and a coordinate cannot be converted to a pixel. A missing
    CDELT counts as 1.

    How to fix: write the increment, or remove the keyword.
    Source: FITS Standard 4.0, section 8.2 (CDELT must not be zero).
    """
    for hdu, description in descriptions(context):
        bad = [w for w in description.of("CDELT") if hdu.header.number(w.name) == 0]
        if bad:
            verb = "is" if len(bad) == 1 else "are"
            yield _problem(hdu, bad[0], f"{listed((w.name for w in bad), 4)} {verb} 0", "not 0", "0")


@rule("WCS006", "singular-matrix", Severity.WARNING, scope="walk", requires=("WCS001",), gives_way_to=("WCS004",))
def singular(context: Context) -> Iterator[Outcome]:
    """The matrix PCi_j, or CDi_j, can be inverted.

    A singular matrix maps different pixels to the same coordinate; readers reject it. Missing elements have the values
    of the standard: those of the unit matrix for PCi_j, 0 for CDi_j.

    How to fix: correct the matrix.
    Source: FITS Standard 4.0, section 8.2 (the matrix must not be singular).
    """
    for hdu, description in descriptions(context):
        if hdu.index not in context.excluded and description.alt in hdu.header.memo_by_cards(_singular):
            words = description.of("PC") or description.of("CD")
            yield _problem(
                hdu,
                words[0],
                f"the matrix {words[0].root}i_j{description.alt} cannot be inverted",
                "a matrix that can be inverted",
                listed((f"{w.name} = {hdu.header.number(w.name):g}" for w in words), MAX_AXES),
            )


def _singular(header: HeaderView) -> frozenset[str]:
    """Letters of the descriptions whose matrix cannot be inverted."""
    matrices = ((d.alt, _matrix(header, d)) for d in header.memo_by_cards(describe))
    return frozenset(alt for alt, matrix in matrices if matrix is not None and _is_singular(matrix))


def _matrix(header: HeaderView, description: WcsDescription) -> list[list[float]] | None:
    """Return the matrix of a description; None where it has none or a part of it is not known."""
    words = description.of("PC") or description.of("CD")
    if not words or not description.counted or not 0 < description.count <= MAX_AXES:
        return None
    values = {w.axes: header.number(w.name) for w in words}
    if None in values.values() or any(a > description.count for w in words for a in w.axes):
        return None
    unit = words[0].root == "PC"
    numbers = range(1, description.count + 1)
    return [[values.get((i, j)) or float((i, j) not in values and unit and i == j) for j in numbers] for i in numbers]


def _is_singular(matrix: list[list[float]]) -> bool:
    """Gauss elimination with pivots, rows and columns scaled to their largest element."""
    rows = [row[:] for row in matrix]
    for row in rows:
        largest = max(map(abs, row))
        if largest == 0:
            return True
        row[:] = [value / largest for value in row]
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda r: abs(rows[r][i]))
        if abs(rows[pivot][i]) < 1e-12:
            return True
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for below in rows[i + 1 :]:
            factor = below[i] / rows[i][i]
            below[i:] = [b - factor * a for a, b in zip(rows[i][i:], below[i:], strict=True)]
    return False


@rule("WCS007", "negative-coordinate-error", scope="walk")
def negative(context: Context) -> Iterator[Outcome]:
    """The errors CRDER and CSYER are not negative.

    Programs that add or compare uncertainties compute wrong numbers from a negative one.

    How to fix: write the error as a positive number, or remove the keyword.
    Source: FITS Standard 4.0, section 8.2 (CRDER and CSYER).
    """
    for hdu, description in descriptions(context):
        values = [(w, hdu.header.number(w.name)) for w in description.of("CRDER", "CSYER")]
        bad = [(w, value) for w, value in values if value is not None and value < 0]
        if bad:
            verb = "is" if len(bad) == 1 else "are"
            text = f"{listed((w.name for w, _ in bad), 4)} {verb} negative"
            yield _problem(hdu, bad[0][0], text, "0 or more", listed(f"{value:g}" for _, value in bad))


@rule("WCS008", "lookup-table", scope="walk")
def lookup(context: Context) -> Iterator[Outcome]:
    """An axis of type `-TAB` names a table that exists, and a column of it.

    In a cube with unevenly spaced wavelengths, CTYPE3 = 'WAVE-TAB' refers to the extension WCS-TABLE and its column
    `wavelength`. Without them the cube has no wavelengths.

    How to fix: write the table; PSi_0 is its EXTNAME, PVi_1 its EXTVER (1 if missing), PSi_1 the name of the column.
    Source: FITS Standard 4.0, section 8.4 (algorithm code TAB); Greisen et al. 2006, A&A 446, 747; jwst issues 3750 and
    10845.
    """
    for hdu, description in descriptions(context):
        for word in description.of("CTYPE"):
            ctype = hdu.header.string(word.name) or ""
            if ctype[4:8] == "-TAB":
                defect = _lookup_defect(context, hdu.header, word.axes[0], description.alt)
                if defect is not None:
                    keyword, text, expected, found = defect
                    at = msgspec.structs.replace(word, name=keyword)
                    yield _problem(hdu, at, f"{word.name} is {quoted(ctype)}, but {text}", expected, found)


def _lookup_defect(context: Context, header: HeaderView, axis: int, alt: str) -> tuple[str, str, str, str] | None:
    table, column = f"PS{axis}_0{alt}", f"PS{axis}_1{alt}"
    extname, version = header.string(table), header.number(f"PV{axis}_1{alt}")
    if not extname:
        return table, f"{table} does not name a table", "the EXTNAME of a binary table", "no EXTNAME"
    tables = [
        h for h in context.file.named(extname.strip(" ").upper()) if h.extver == (1 if version is None else version)
    ]
    if not tables:
        if not context.file.complete:
            return None
        return table, f"{table} names {quoted(extname)}, which does not exist", "an existing HDU", quoted(extname)
    if tables[0].type != "BINTABLE":
        return table, f"{quoted(extname)} is not a binary table", "a binary table", quoted(tables[0].type)
    name = header.string(column)
    if not name:
        return column, f"{column} does not name a column", "the TTYPE of a column", "no column"
    names = [c.name or "" for c in tables[0].columns]
    if name.strip(" ").upper() not in {n.strip(" ").upper() for n in names}:
        has = f"{column} names column {quoted(name)}, which {quoted(extname)} does not have"
        return column, has, f"one of {listed(map(quoted, names), 6)}", quoted(name)
    return None


RULES = (beyond, incomplete, late, two_matrices, zero, singular, negative, lookup)
