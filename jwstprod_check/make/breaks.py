"""Files with one defect: for each rule a way to make a file that it finds at fault, and that no other rule calls wrong.

>>> from jwstprod_check.make.breaks import broken
>>> made = broken("ARR003", "dark")  # doctest: +SKIP
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from jwstprod_check.engine import Options
from jwstprod_check.findings import FileReport, Severity
from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make import breaks_content, breaks_fits, breaks_header, breaks_layout
from jwstprod_check.make.break_model import Break
from jwstprod_check.make.parts import BreakError
from jwstprod_check.make.plan import file_name
from jwstprod_check.make.write import make
from jwstprod_check.rules import find_rule
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.loader import Catalogue

BREAKS: Final[dict[str, Break]] = {
    **breaks_fits.BREAKS,
    **breaks_layout.BREAKS,
    **breaks_header.BREAKS,
    **breaks_content.BREAKS,
}

NOT_MADE: Final = {
    "FILE011": "it takes a file of 20,000 HDUs, 58 MB",
    "FITS092": "it takes data in the primary HDU, which HDU008 reports in every product",
    "SUM003": "FITS046, or FITS040, reports a malformed sum too",
    "TOOL001": "it is a rule that crashes, not a file",
    "TOOL002": "it is a file that cannot be opened",
}
"""Rules that no made file breaks alone, and why."""


class Broken(msgspec.Struct, frozen=True):
    """A file with one defect: its bytes, the name under which it has it, the profile that sees it, what a check says."""

    raw: bytes
    name: str
    profile: str | None
    report: FileReport


def broken(
    code: str,
    product: str,
    catalogue: Catalogue | None = None,
    *,
    name: str | None = None,
    symbols: Mapping[str, int] | None = None,
    keywords: Mapping[str, Scalar] | None = None,
    optional: Iterable[str] = (),
    sets: int = 2,
    checksums: bool = False,
) -> Broken:
    """Make a file of a product with the defect that a rule finds, check it, and return it.

    ``name`` is the name that it will have, else one is chosen; the other arguments are those of ``make``.
    Raises ``BreakError`` where the defect cannot be made so, ``SpecError`` as ``make`` does.
    """
    specs = catalogue or Catalogue()
    if code in NOT_MADE:
        raise BreakError(NOT_MADE[code])
    how = BREAKS[code]
    words = {**how.keywords, **(keywords or {})}
    rows = (*how.optional, *optional)
    sizes = {**how.symbols, **(symbols or {})}
    raw = how.change(
        make(
            product,
            specs,
            symbols=sizes,
            keywords=words,
            optional=rows,
            sets=sets,
            checksums=checksums or how.checksums,
        )
    )
    own = file_name(specs.spec(product), words, rows)
    chosen = name or (how.name or own).format(own)
    report = _checked(raw, chosen, specs, code, how.profile)
    _verify(report, code, how, chosen)
    return Broken(raw, chosen, how.profile, report)


def _checked(raw: bytes, name: str, specs: Catalogue, code: str, profile: str | None) -> FileReport:
    """Check the bytes under a name, the data too where the rule reads them."""
    from jwstprod_check.api import check_file
    from jwstprod_check.fits.reader import read_fits

    rule = find_rule(code)
    options = Options(data=rule is not None and rule.level == "data", profile=profile)
    return check_file(read_fits(raw, name), specs, options, raw)


def _verify(report: FileReport, code: str, how: Break, name: str) -> None:
    found = {f.code for f in report.findings}
    others = sorted({f.code for f in report.findings if f.severity is Severity.ERROR} - {code})
    if code not in found:
        lacking = f"the file must be called {how.name.format('<name>')}" if how.name else f"no {code} comes of it"
        raise BreakError(f"{lacking}" + (f", but {', '.join(others)}" if others else ""))
    if others:
        raise BreakError(f"{', '.join(others)} would come with it")


def products_for(code: str, catalogue: Catalogue | None = None) -> list[str]:
    """Products in which a defect can be made, without further keywords; every one is tried."""
    specs = catalogue or Catalogue()
    return [name for name in specs.names() if specs.spec(name).rows and _can(code, name, specs)]


def _can(code: str, product: str, specs: Catalogue) -> bool:
    try:
        broken(code, product, specs)
    except (BreakError, SpecError):
        return False
    return True


__all__ = ["BREAKS", "NOT_MADE", "BreakError", "Broken", "broken", "products_for"]
