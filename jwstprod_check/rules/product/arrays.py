"""ARR: images. Their dtype, their number of axes, and each axis compared with the solved dimensions."""

from collections.abc import Iterator
from itertools import repeat

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.match.dimensions import SolvedSymbol
from jwstprod_check.match.rows import is_header_only
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.spec.dims import Rational, evaluate, fits_factor
from jwstprod_check.text import times

_SIGNED = {"uint16": ("int16", 32768), "uint32": ("int32", 2147483648), "uint64": ("int64", 2**63)}


@rule("ARR001", "wrong-dtype", requires=("HDU004", "FITS002", "FITS005", "FITS006", "FITS007", "FITS041"))
def dtype(context: Context) -> Iterator[Outcome]:
    """Every image has the data type of the table, as readers return it.

    The type follows from BITPIX, BSCALE and BZERO: uint16 is BITPIX 16 with BZERO 32768. Where BZERO is lost, readers
    silently return negative numbers for the upper half of the range. The pipeline's reader converts other types.

    How to fix: write the array in the expected type.
    Source: jwst documentation, data_products/product_types.rst (leads to the table of the product); FITS Standard 4.0,
    section 5.2.5; astropy issue 16501.
    """
    for row, hdu in context.images():
        if not row.dtypes or hdu.dtype is None or hdu.dtype in row.dtypes:
            continue
        keyword, hint = "BITPIX", None
        signed, zero = _SIGNED.get(row.dtypes[0], ("", 0))
        if hdu.dtype == signed:
            keyword, hint = "BZERO", f"BZERO = {zero} is missing: readers return every value too small by {zero}"
        elif "BZERO" in hdu.header or "BSCALE" in hdu.header:
            keyword = "BSCALE" if hdu.header.number("BSCALE") not in {None, 1.0} else "BZERO"
        yield Problem(
            f"{hdu.label} is {hdu.dtype}, expected {' or '.join(row.dtypes)}",
            hdu=hdu,
            keyword=keyword,
            expected=" or ".join(row.dtypes),
            found=f"{hdu.dtype} ({_storage(hdu)})",
            hint=hint,
            group_key=context.group_key(row, f"{hdu.dtype}"),
        )


def _storage(hdu: Hdu) -> str:
    parts = [f"BITPIX {hdu.bitpix}"]
    for keyword in ("BSCALE", "BZERO"):
        card = hdu.header.card(keyword)
        if card is not None:
            parts.append(f"{keyword} {card.value}")
    return ", ".join(parts)


@rule("ARR002", "wrong-naxis", requires=("HDU004",))
def naxis(context: Context) -> Iterator[Outcome]:
    """Every image has as many axes as the table states.

    An axis of length 1 is written, never dropped: one integration still needs a fourth axis. An optional HDU may have
    no data (NAXIS = 0), because the data models leave its header in the file: PROD008 reports it, and with `--strict` it
    is an error. An HDU that the table lists without data (N/A) has none.

    How to fix: write the array with the expected axes.
    Source: jwst documentation, data_products/product_types.rst (leads to the table of the product).
    """
    for row, hdu in context.images():
        expected = len(row.dims.axes)
        allowed = not context.strict and is_header_only(row, hdu)
        if row.dims.kind == "image" and len(hdu.axes) != expected and not allowed:
            yield Problem(
                f"{hdu.label} has {len(hdu.axes)} axes ({times(hdu.axes) or 'no data'}), expected {expected}: {row.text}",
                hdu=hdu,
                keyword="NAXIS",
                expected=f"{expected} axes: {row.text}",
                found=f"{len(hdu.axes)} axes: {times(hdu.axes) or 'no data'}",
                group_key=context.group_key(row, f"{len(hdu.axes)} axes"),
            )
        elif row.dims.kind == "none" and hdu.axes:
            yield Problem(
                f"{hdu.label} contains data ({times(hdu.axes)}), expected a header only",
                hdu=hdu,
                keyword="NAXIS",
                expected="NAXIS = 0",
                found=f"NAXIS = {len(hdu.axes)}",
            )


@rule("ARR003", "wrong-axes", requires=("HDU004", "ARR002"))
def axes(context: Context) -> Iterator[Outcome]:
    """Every axis has the length that the dimensions of the table have in this file.

    The dimensions are solved from all arrays and from the keywords that state them (NGROUPS, INTEND - INTSTART + 1,
    SUBSIZE1 ...). An array that disagrees with all others is reported here; a keyword that disagrees with all arrays is
    reported by KEY005. The message gives the source of each number.

    How to fix: write the array with the expected axes, or correct the arrays and keywords that the message names.
    Source: jwst documentation, data_products/product_types.rst (leads to the table of the product); jwst 3.0.0,
    dq_init/dq_initialization.py (replaces arrays of a wrong shape by zeros).
    """
    for row, hdu in context.images():
        if row.dims.kind != "image" or len(hdu.axes) != len(row.dims.axes):
            continue
        values = context.solution.values(hdu)
        fitting = map(fits_factor, row.dims.axes, hdu.axes, repeat(values))
        unfit = [n for n, fits in enumerate(fitting) if not fits]
        if not unfit:
            continue
        expected = [evaluate(f, values) for f in row.dims.axes]
        # An inexact division is a finding of its own.
        wrong = [n for n in unfit if (want := expected[n]) is not None and want[1] == 1]
        if not wrong:
            continue
        solved = context.solution.solved(hdu)
        wanted = [
            _shown(None if f.anything else w, length)
            for f, w, length in zip(row.dims.axes, expected, hdu.axes, strict=True)
        ]
        names = [s for n in wrong for s in sorted(row.dims.axes[n].symbols)]
        swapped = sorted(hdu.axes) == sorted(w[0] for w in expected if w is not None) and len(wrong) == 2
        yield Problem(
            f"{hdu.label} is {times(hdu.axes)}, expected {times(wanted)}{_because(names, solved)}",
            hdu=hdu,
            keyword=f"NAXIS{wrong[0] + 1}" if len(wrong) == 1 else None,
            expected=f"{times(wanted)} ({row.text})",
            found=times(hdu.axes),
            hint=f"NAXIS{wrong[0] + 1} and NAXIS{wrong[1] + 1} look swapped" if swapped else None,
            group_key=context.group_key(row, "axes"),
        )


def _shown(value: Rational | None, found: int) -> str:
    if value is None:
        return str(found)
    return str(value[0]) if value[1] == 1 else f"{value[0]}/{value[1]}"


def _because(names: list[str], solved: dict[str, SolvedSymbol]) -> str:
    parts = [f"{n} = {solved[n].value} from {solved[n].origin}" for n in dict.fromkeys(names) if n in solved]
    return f" ({'; '.join(parts)})" if parts else ""


@rule("ARR004", "inexact-division", requires=("HDU004", "ARR002"))
def division(context: Context) -> Iterator[Outcome]:
    """A dimension that the table divides is a whole number.

    REFOUT has `ncols/4` columns; where ncols is not divisible by four, one of the two arrays is wrong.

    How to fix: write the array with the correct width.
    Source: jwst documentation, data_products/product_types.rst (leads to the table of the product); jwst pull request
    4876.
    """
    for row, hdu in context.images():
        if row.dims.kind != "image" or len(hdu.axes) != len(row.dims.axes) or all(f.name for f in row.dims.axes):
            continue
        solved = context.solution.solved(hdu)
        for n, factor in enumerate(row.dims.axes):
            value = evaluate(factor, context.solution.values(hdu))
            if value is not None and value[1] != 1:
                yield Problem(
                    f"{hdu.label} NAXIS{n + 1}: {factor} is not a whole number{_because(sorted(factor.symbols), solved)}",
                    hdu=hdu,
                    keyword=f"NAXIS{n + 1}",
                    expected="a whole number",
                    found=f"{value[0]}/{value[1]}",
                )


RULES = (dtype, naxis, axes, division)
