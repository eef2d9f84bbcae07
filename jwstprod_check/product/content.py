"""What the HDUs of a file are evidence for: whether a product's table fits them, or is contradicted by them."""

from collections.abc import Iterable

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.spec.model import ActiveSpec, Row


def fits(file: FitsFile, spec: ActiveSpec) -> bool:
    """Whether all required rows of a product are there, and every HDU of its table has the type and rank of its row."""
    required = [row for row in spec.rows if row.extname and not row.optional]
    return bool(required) and all(_hdus(file, row) for row in required) and not contradicted(file, spec)


def contradicted(file: FitsFile, spec: ActiveSpec) -> bool:
    """Whether an HDU of a product's table has another type or rank than its row, or appears more often than it may."""
    in_sets = {name.upper() for name in spec.sets.rows} if spec.sets else set()
    return any(
        (not row.repeats and _repeated(file.named(row.name), row.name in in_sets))
        or not all(_may_stand_for(row, hdu) for hdu in _hdus(file, row))
        for row in spec.rows
        if row.extname
    )


def distinct(spec: ActiveSpec, other: ActiveSpec) -> bool:
    """Whether a file that fits a product has an HDU that the table of another product does not know."""
    return any(
        row.extname and not row.optional and not any(known.claims(row.name) for known in other.rows)
        for row in spec.rows
    )


def unknown_to(file: FitsFile, spec: ActiveSpec) -> int:
    """Count what a product's table cannot place: HDUs that it does not know, and repeats outside a set."""
    in_sets = {name.upper() for name in spec.sets.rows} if spec.sets else set()
    rows = {row.name for row in spec.rows}
    several = [row for row in spec.rows if row.repeats]
    strangers = sum(
        len(hdus)
        for name, hdus in file.by_name.items()
        if name and name not in rows and not any(row.claims(name) for row in several)
    )
    return strangers + sum(_repeated(file.named(name), name in in_sets) for name in rows if name)


def _hdus(file: FitsFile, row: Row) -> tuple[Hdu, ...]:
    if not row.repeats:
        return file.named(row.name)
    return tuple(hdu for hdu in file.hdus[1:] if row.claims(hdu.name))


def _repeated(hdus: tuple[Hdu, ...], in_sets: bool) -> bool:
    return len(hdus) > 1 and (not in_sets or len({hdu.extver for hdu in hdus}) < len(hdus))


def _may_stand_for(row: Row, hdu: Hdu) -> bool:
    if hdu.type != row.type:
        return False
    match row.dims.kind:
        case "none":
            return not hdu.axes
        case "image":
            return len(hdu.axes) == len(row.dims.axes)
        case _:
            return True


def labels(hdus: Iterable[Hdu], most: int = 8) -> str:
    """Names of the first HDUs, as evidence of a product."""
    return " ".join(hdu.label for hdu in list(hdus)[:most])
