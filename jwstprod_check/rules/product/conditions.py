"""HDU: what may be there only under a condition: rows whose condition keywords state, and data in the primary."""

from collections.abc import Iterator

from jwstprod_check.findings import Severity
from jwstprod_check.match.rows import is_header_only, is_near
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.product.hdus import row_text
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import quoted


@rule(
    "HDU007",
    "condition-not-met",
    Severity.WARNING,
    gives_way_to=("KEY020", "KEY021", "KEY022"),
)
def condition(context: Context) -> Iterator[Outcome]:
    """An HDU that is documented only under a condition is present only where the condition is true.

    ZEROFRAME belongs to exposures whose zero frame was downlinked, REFOUT to MIRI, BARSHADOW to NIRSpec, wavelengths and path
    losses to spectra. Either the keyword or the HDU is wrong.

    How to fix: correct the keyword, or remove the HDU.
    Source: jwst documentation, data_products/science_products.rst (text below the tables) and pipeline/main.rst.
    """
    for found in context.matching.found:
        when = found.row.when
        if when is None:
            continue
        values = ", ".join(f"{n} = {_shown(context.facts.keyword(n))}" for n in sorted(when.names))
        filled = [hdu for hdu in found.hdus if not is_header_only(found.row, hdu)]
        if filled and not when.holds(context.facts):
            wrong = [name for name in sorted(when.names) if (0, name) in context.reported]
            if wrong:
                yield Skip(f"{found.row.name}: a finding on {wrong[0]} comes first", ("KEY",))
                continue
            yield Problem(
                f"{found.row.name} is present, but {values}; it is documented only for {when.text}",
                hdu=filled[0],
                expected=f"no {found.row.name}",
                found=values,
            )


@rule("HDU012", "needed-hdu-missing", Severity.WARNING)
def needed(context: Context) -> Iterator[Outcome]:
    """An HDU that a keyword announces is present, and has data.

    ZEROFRAM = T means that the zero frames were downlinked; without them saturated pixels cannot be recovered. A required HDU
    that is missing is reported by HDU001.

    How to fix: write the HDU, or correct the keyword.
    Source: jwst documentation, data_products/science_products.rst (ZEROFRAME of uncal and ramp).
    """
    announced = (m for m in context.matching.matches if m.row.needed and m.row.optional)
    lost = [m for m in announced if all(is_header_only(m.row, hdu) for hdu in m.hdus)]
    for found in lost:
        when = found.row.when
        if when is None or not when.holds(context.facts):
            continue
        if not context.file.complete and not found.hdus:
            yield Skip(f"the file could not be read to its end; {found.row.name} may be there")
            continue
        values = ", ".join(f"{n} = {_shown(context.facts.keyword(n))}" for n in sorted(when.names))
        alike = (h for h in context.matching.unclaimed if is_near(h.name, found.row.name))
        near = None if found.hdus else next(alike, None)
        similar = "" if near is None else f"HDU {near.index} {quoted(near.extname or '')} has a similar name"
        yield Problem(
            f"{found.row.name} {'has no data' if found.hdus else 'is missing'}, but {values}",
            hdu=found.hdus[0] if found.hdus else near,
            extname=found.row.name,
            keyword=None if near is None else "EXTNAME",
            expected=row_text(found.row.type, found.row.dtypes, found.row.text),
            found="no data" if found.hdus else "missing",
            hint=None if near is None else f"{similar} and may be it; correct its EXTNAME",
        )


def _shown(value: object) -> str:
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "T" if value else "F"
    return quoted(value) if isinstance(value, str) else str(value)


@rule("HDU008", "primary-with-data")
def primary_data(context: Context) -> Iterator[Outcome]:
    """The primary HDU contains no data.

    Every JWST product has its data in extensions; programs never read the primary array. A spec of one's own may describe
    data there.

    How to fix: write the data as an extension, and set NAXIS = 0 in the primary header.
    Source: jwst documentation, data_products/common_features.rst.
    """
    primary = context.file.hdus[0]
    if primary.axes and not any(row.type == "primary" and row.described for row in context.spec.rows):
        yield Problem(
            "the primary HDU contains data",
            hdu=primary,
            keyword="NAXIS",
            expected="NAXIS = 0",
            found=f"NAXIS = {len(primary.axes)}",
        )


RULES = (condition, needed, primary_data)
