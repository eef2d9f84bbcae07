"""Which amendments a verdict rests on: where the file differs from the documented table and is allowed to."""

from collections.abc import Iterator

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.solver import state
from jwstprod_check.spec.dims import Dims, evaluate
from jwstprod_check.spec.model import Amendment, Patch


def rests_on(context: Context) -> Iterator[tuple[Amendment, str]]:
    """Amendments without which the file would be judged otherwise, each with what it allows."""
    documented = {row.name: row for row in context.spec.spec.rows}
    found = {m.row.name: m.hdus for m in context.matching.matches}
    for amendment in context.spec.applied:
        differences = []
        for patch in amendment.patches:
            name = patch.extname.upper()
            row, hdus = documented.get(name), found.get(name, ())
            if row is None:
                differences += [f"{name} is not in the documented table"] if hdus else []
            elif not hdus:
                differences += [f"{name} is absent"] if patch.optional and not row.optional else []
            else:
                differences += _differences(context, patch, row.dtypes, row.dims, hdus[0])
        differences += _keywords(context, amendment)
        if differences:
            yield amendment, "; ".join(differences)


def _differences(context: Context, patch: Patch, dtypes: tuple[str, ...], dims: Dims, hdu: Hdu) -> list[str]:
    differences = []
    if patch.dtypes and hdu.dtype in patch.dtypes and hdu.dtype not in dtypes:
        differences.append(f"{hdu.label} is {hdu.dtype}")
    if patch.dims is not None and not _has(dims, hdu, context):
        differences.append(f"{hdu.label} is not {dims}")
    return differences


def _has(dims: Dims, hdu: Hdu, context: Context) -> bool:
    """Whether an HDU has documented dimensions, as far as their symbols are solved."""
    values = context.solution.values(hdu)
    if dims.kind == "image":
        lengths, factors = list(hdu.axes), list(dims.axes)
    elif dims.kind == "table":
        pairs = [(f, n) for f, n in ((dims.cols, hdu.fields), (dims.rows, hdu.rows)) if f is not None and n is not None]
        lengths, factors = [n for _, n in pairs], [f for f, _ in pairs]
    else:
        return True
    if len(lengths) != len(factors):
        return False
    wanted = [evaluate(f, values) for f in factors]
    return all(want is None or want == (length, 1) for want, length in zip(wanted, lengths, strict=True))


def _keywords(context: Context, amendment: Amendment) -> list[str]:
    """Symbols whose documented keywords state what the arrays do not have."""
    differences = []
    for name in amendment.symbols:
        solved = context.solution.symbols.get(name)
        original = context.spec.spec.symbols.get(name)
        statement = state(original, context.facts) if original is not None else None
        if solved is not None and statement is not None and not statement.allows(solved.value):
            differences.append(f"{statement.text} = {statement.value} while {name} is {solved.value}")
    return differences
