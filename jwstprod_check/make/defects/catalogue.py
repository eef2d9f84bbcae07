"""Files with one defect: for each rule a way to make a file that it reports, and in which no other rule finds an error.

>>> from jwstprod_check.make.defects.catalogue import broken
>>> made = broken("ARR003", "dark")  # doctest: +SKIP
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_target
from jwstprod_check.findings import FileReport, Severity
from jwstprod_check.fits.cards import Scalar
from jwstprod_check.fits.walk import read_fits
from jwstprod_check.make.defects import content as breaks_content
from jwstprod_check.make.defects import fits as breaks_fits
from jwstprod_check.make.defects import header as breaks_header
from jwstprod_check.make.defects import layout as breaks_layout
from jwstprod_check.make.defects import statements as breaks_statements
from jwstprod_check.make.defects.model import Break
from jwstprod_check.make.parts import BreakError
from jwstprod_check.make.plan import file_name
from jwstprod_check.make.write import make
from jwstprod_check.product import identify
from jwstprod_check.rules import find_rule
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.text import listed

BREAKS: Final[dict[str, Break]] = {
    **breaks_fits.BREAKS,
    **breaks_layout.BREAKS,
    **breaks_header.BREAKS,
    **breaks_content.BREAKS,
    **breaks_statements.BREAKS,
}

NOT_MADE: Final = {
    "FILE011": "it needs a file of 16,000 HDUs, 46 MB",
    "FITS092": "it needs data in the primary HDU, which HDU008 reports in every product",
    "KEY091": "it needs a spec that asks for a keyword of an HDU, which none of the package does",
    "TOOL001": "it reports a crashed rule, which no file can cause",
    "TOOL002": "it reports a file that cannot be opened",
    "TOOL003": "it concerns the config, not a file",
    "TOOL004": "it concerns the config, not a file",
    "TOOL005": "it concerns the baseline, not a file",
}
"""Rules that no made file violates alone, and why."""


class Broken(msgspec.Struct, frozen=True):
    """A file with one defect: its bytes, the name under which it has the defect, the report of a check.

    ``options`` are those of ``jwstprod check`` with which the defect is found, each followed by a blank.
    """

    raw: bytes
    name: str
    report: FileReport
    options: str


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

    ``name`` is the name of the file, by default one is chosen; the other arguments are those of ``make``.
    Raises ``BreakError`` where the defect cannot be made this way, ``SpecError`` as ``make`` does.
    """
    specs = catalogue or Catalogue()
    if code in NOT_MADE:
        raise BreakError(NOT_MADE[code])
    how = BREAKS[code]
    lacking = set(how.optional) - {r.name for r in specs.spec(product).rows}
    if lacking:
        raise BreakError(f"it has no {listed(sorted(lacking))}")
    words = {
        **({"FILENAME": unzipped(name)} if name and name.isascii() and name.isprintable() else {}),
        **how.keywords,
        **(keywords or {}),
    }
    rows = (*how.optional, *optional)
    sizes = {**how.symbols, **(symbols or {})}
    sums = checksums or how.checksums
    sound = make(product, specs, symbols=sizes, keywords=words, optional=rows, sets=sets, checksums=sums)
    own = file_name(specs.spec(product), words, rows)
    chosen = name or (how.name or own).format(own)
    # A name that does not identify the product must not add errors, except where the name is the defect.
    told = how.name is not None or taken_for(sound, chosen, specs) == product
    rule = find_rule(code)
    data = rule is not None and rule.level == "data"
    raw = how.change(sound)
    options = Options(data=data, profile=how.profile, product=None if told else product)
    report = check_target(raw, specs, options, chosen)
    _verify(report, code, how)
    words_of = ("--data " * data, f"--profile {how.profile} " * bool(how.profile), f"--product {product} " * (not told))
    return Broken(raw, chosen, report, "".join(words_of))


def unzipped(name: str) -> str:
    """Return a base name without the extension of a compression."""
    return name.removesuffix(".gz")


def taken_for(raw: bytes, name: str, specs: Catalogue) -> str | None:
    """Product that a file is identified as under a name."""
    return identify(read_fits(raw, name), specs, base=name).name


def _verify(report: FileReport, code: str, how: Break) -> None:
    found = {f.code for f in report.findings}
    others = sorted({f.code for f in report.findings if f.severity is Severity.ERROR} - {code})
    if code not in found:
        lacking = f"the file must be named {how.name.format('NAME')}" if how.name else f"no {code} results from it"
        raise BreakError(f"{lacking}" + (f", but {listed(others)}" if others else ""))
    if others:
        raise BreakError(f"{listed(others)} would result too")


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


__all__ = ["BREAKS", "NOT_MADE", "BreakError", "Broken", "broken", "products_for", "taken_for", "unzipped"]
