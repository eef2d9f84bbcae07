"""HDU: missing, unexpected and duplicate HDUs, type, order, spelling of EXTNAME."""

from collections.abc import Iterator
from operator import attrgetter

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.match.rows import Match, is_near
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.product.sets import find_sets
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.spec.model import Row
from jwstprod_check.spec.patterns import matches
from jwstprod_check.text import listed, quoted


@rule("HDU001", "missing-hdu", gives_way_to=("FITS002", "FITS040"))
def missing(context: Context) -> Iterator[Outcome]:
    """Every HDU that the table lists without an asterisk is present.

    Readers that do not find an HDU fill in zeros or fail much later. A file that was truncated at an HDU boundary is found by
    this rule only. The hint names an unknown HDU with a similar name, or with the expected data at the expected place.

    How to fix: write the HDU, or correct the EXTNAME that the hint names.
    Source: jwst documentation, data_products/product_types.rst (leads to the table of the product); stdatamodels 6.0.0,
    fits_support.py (requires no HDU).
    """
    lost = [m for m in context.matching.matches if not m.hdus and not m.row.optional and m.row.extname]
    if lost and not context.file.complete:
        yield Skip(
            f"the file could not be read to its end; {', '.join(m.row.name for m in lost)} may be there", ("FILE",)
        )
        return
    for found in lost:
        near = found.near
        hint = None
        if near is not None and near.index in context.excluded:
            # Its EXTNAME card is a finding on the FITS standard already.
            continue
        if near is not None:
            alike = (
                "has a similar name"
                if is_near(near.name, found.row.name)
                else "has the expected data at the expected place"
            )
            name = quoted(near.extname) if near.extname is not None else "without EXTNAME"
            more = [h for h in found.near_in_sets if h is not near]
            others = f", in the other sets {listed((f'HDU {h.index}' for h in more), 6)}" if more else ""
            hint = f"HDU {near.index} {name} {alike} and may be it{others}; correct its EXTNAME"
        numbered = f"documented as HDU {found.row.hdu}" if found.row.hdu is not None else ""
        said = [text for text in (numbered, found.row.releases, _page(context)) if text]
        place = f" ({'; '.join(said)})" if said else ""
        yield Problem(
            f"{found.row.name} is missing{place}",
            hdu=near,
            extname=found.row.name,
            keyword="EXTNAME" if near is not None else None,
            expected=row_text(found.row.type, found.row.dtypes, found.row.text),
            found="missing" if near is None else quoted(near.extname or ""),
            hint=hint,
        )


def _page(context: Context) -> str:
    """Which page the table is of, where it is applied unchanged."""
    return f"by {context.spec.spec.page}" if context.strict else ""


def row_text(kind: str, dtypes: tuple[str, ...], dims: str) -> str:
    """Write what the table states of a row: its type, its dtypes and its dimensions."""
    return " ".join(part for part in (kind, " or ".join(dtypes), dims if dims != "N/A" else "") if part)


@rule("HDU002", "unexpected-hdu", Severity.WARNING, gives_way_to=("HDU005", "HDU012"))
def unexpected(context: Context) -> Iterator[Outcome]:
    """Every HDU is listed in the table or in an amendment.

    An unknown HDU confuses programs that identify a format by its HDUs; it may also be a misspelt one.

    How to fix: nothing if it was intended; otherwise remove the HDU.
    Source: jwst documentation, data_products/product_types.rst (leads to the table of the product); specutils pull
    request 715.
    """
    in_strict = f" ({_page(context)})" if context.strict else ""
    for hdu in context.matching.unclaimed:
        if hdu.index in context.excluded:
            continue
        name = quoted(hdu.extname) if hdu.extname else "without EXTNAME"
        yield Problem(
            f"HDU {hdu.index} {name} is not in the table of {context.spec.product}{in_strict}",
            hdu=hdu,
            expected="an HDU of the table",
            found=f"{hdu.type} {quoted(hdu.extname or '')}",
            group_key=f"unexpected {hdu.name}",
        )


@rule("HDU003", "duplicate-hdu")
def duplicate(context: Context) -> Iterator[Outcome]:
    """No two HDUs have the same EXTNAME and EXTVER, and only HDUs that come in sets are repeated.

    Readers use the first and never see the second. A missing EXTVER counts as 1.

    How to fix: remove one of them, or correct its EXTNAME or EXTVER.
    Source: FITS Standard 4.0, section 4.4.2.6.
    """
    for found in context.matching.found:
        if len(found.hdus) < 2 or not found.row.extname:
            continue
        several = found.row.repeats or found.row.name in context.set_rows
        firsts: dict[tuple[str, int], Hdu] = {}
        for hdu in found.hdus:
            first = firsts.setdefault((hdu.name, hdu.extver if several else 1), hdu)
            if hdu is first:
                continue
            same = f"EXTVER {hdu.extver}" if hdu.extver == first.extver else f"EXTVER {first.extver} and {hdu.extver}"
            yield Problem(
                f"{hdu.name} appears twice: HDU {first.index} and HDU {hdu.index} ({same})",
                hdu=hdu,
                expected=f"one {hdu.name}" + (" for each EXTVER" if several else ""),
                found=f"HDU {first.index} and HDU {hdu.index}",
                hint=f"HDU {hdu.index} has no EXTVER, which counts as 1" if "EXTVER" not in hdu.header else None,
                group_key="duplicate in sets" if several else f"duplicate {found.row.name}",
            )


@rule("HDU004", "wrong-hdu-type", gives_way_to=("FITS022", "FITS025"))
def wrong_type(context: Context) -> Iterator[Outcome]:
    """Every HDU has the type that the table states: IMAGE or BINTABLE.

    A program that expects the other type cannot read the data. A tile-compressed image counts as the image that readers
    return.

    How to fix: write the HDU with the expected type.
    Source: jwst documentation, data_products/product_types.rst (leads to the table of the product); FITS Standard 4.0,
    section 7.
    """
    for row, hdu in context.pairs():
        if hdu.type not in (row.type, "unknown"):
            yield Problem(
                f"{hdu.label} is {_article(hdu.type)}, expected {_article(row.type)}",
                hdu=hdu,
                keyword="XTENSION",
                expected=row.type,
                found=hdu.type,
                group_key=context.group_key(row, hdu.type),
            )


def _article(kind: str) -> str:
    return ("an " if kind[:1] in "AEIOU" else "a ") + quoted(kind).strip("'")


@rule("HDU005", "hdu-order", Severity.WARNING)
def order(context: Context) -> Iterator[Outcome]:
    """HDUs with a number in the table appear in that order; SCI is HDU 1 where the table states it.

    Programs that read HDUs by number get the wrong array. The documentation guarantees only that SCI is first, so
    anything else is a warning.

    How to fix: write the HDUs in the documented order.
    Source: jwst documentation, data_products/science_products.rst and the table of the product.
    """
    numbered = _numbered(context)
    first = next(((row, hdu) for row, hdu in numbered if row.hdu == 1), None)
    if first is not None and first[0].name == "SCI" and first[1].index != 1:
        _, hdu = first
        stranger = next((h for h in context.matching.unclaimed if h.index == 1), None)
        before = "" if stranger is None else f"; {quoted(stranger.extname or '')} before it is not in the table"
        yield Problem(
            f"SCI is HDU {hdu.index}, expected HDU 1{before}",
            hdu=stranger or hdu,
            expected="HDU 1",
            found=f"HDU {hdu.index}",
            severity=Severity.ERROR,
        )
        return
    moved = displaced(context)
    if moved is not None and not context.spec.free_order:
        yield Problem(
            f"HDUs are not in the documented order, from HDU {moved.index} ({moved.label}) on",
            hdu=moved,
            expected=" ".join(row.name for row, _ in numbered),
            found=" ".join(row.name for row, _ in sorted(numbered, key=lambda pair: pair[1].index)),
        )


def _numbered(context: Context) -> list[tuple[Row, Hdu]]:
    """Rows that have a number in the table, each with its HDU: of several sets, that of the first set."""
    return context.by_file(_find_numbered)


def _find_numbered(context: Context) -> list[tuple[Row, Hdu]]:
    numbered = [m for m in context.matching.found if m.row.hdu and m.row.extname and m.row.documented]
    sets = find_sets(context)
    if sets is None:
        return [(m.row, m.hdus[0]) for m in numbered]
    # A misspelt HDU of the first set is in its place all the same; one that is missing has none.
    own = ((m.row, _of_set(m, sets.extvers[0] if m.row.name in context.set_rows else None)) for m in numbered)
    return [(row, hdu) for row, hdu in own if hdu is not None]


def _of_set(match: Match, extver: int | None) -> Hdu | None:
    hdus = [hdu for hdu in (*match.hdus, *match.near_in_sets) if extver is None or hdu.extver == extver]
    return min(hdus, key=lambda hdu: hdu.index, default=None)


def displaced(context: Context) -> Hdu | None:
    """Return the first HDU that is not in the documented order."""
    documented = [hdu for _, hdu in _numbered(context)]
    in_file = sorted(documented, key=attrgetter("index"))
    return next((h for h, d in zip(in_file, documented, strict=True) if h is not d), None)


@rule("HDU006", "extname-form")
def extname_form(context: Context) -> Iterator[Outcome]:
    """EXTNAME is spelt as in the table: in upper case, without leading or trailing blanks.

    Readers differ: some ignore case, none removes leading blanks, so one program finds the HDU and another does not.

    How to fix: write the expected EXTNAME.
    Source: FITS Standard 4.0, section 4.2.1.1 (leading blanks are significant); jwst issue 1199.
    """
    for found in context.matching.found:
        for hdu in found.hdus if found.row.extname else ():
            written = hdu.extname or ""
            expected = hdu.name if found.row.repeats else found.row.name
            if written not in (expected, found.row.extname) and not matches(written, found.row.extname or ""):
                yield Problem(
                    f"EXTNAME of HDU {hdu.index} is {quoted(written)}, expected {quoted(expected)}",
                    hdu=hdu,
                    keyword="EXTNAME",
                    expected=quoted(expected),
                    found=quoted(written),
                    group_key=context.group_key(found.row, "form"),
                )


RULES = (missing, unexpected, duplicate, wrong_type, order, extname_form)
