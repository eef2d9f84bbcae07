"""KEY: keywords that a row of a spec asks of its HDUs, with their values."""

from collections.abc import Iterator

from jwstprod_check.fits.cards import Kind, Scalar
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.spec.model import Row
from jwstprod_check.spec.schema import KeywordRange, KeywordValue
from jwstprod_check.text import quoted


@rule("KEY091", "keyword-of-hdu", requires=("FITS002", "FITS004", "FITS006", "FITS007"))
def of_row(context: Context) -> Iterator[Outcome]:
    """Every HDU has the keywords that its row of the spec asks for, with a value that it allows.

    A row may state one value, several, or a range of numbers. The documented tables of JWST products do not; specs of other
    teams state so what a product or a survey has fixed.

    How to fix: write the keyword with a value that the spec allows, or correct the spec.
    Source: the spec (`jwstprod spec show PRODUCT`).
    """
    for match in context.matching.matches:
        if match.row.keywords:
            for hdu in match.standing(match.row.name in context.set_rows):
                if hdu.index not in context.excluded:
                    yield from _of_hdu(context, match.row, hdu)


def _of_hdu(context: Context, row: Row, hdu: Hdu) -> Iterator[Outcome]:
    for keyword, wanted in row.keywords.items():
        card = hdu.header.card(keyword)
        value = None if card is None or card.kind is Kind.UNDEFINED else hdu.header.value(keyword)
        if value is not None and allows(wanted, value):
            continue
        found = _shown(value)
        yield Problem(
            f"{keyword} is {found} in {hdu.label}, expected {_wanted(wanted)}",
            hdu=hdu,
            keyword=keyword,
            expected=_wanted(wanted),
            found=found,
            offset=card.offset if card is not None else None,
            group_key=context.group_key(row, keyword),
        )


def allows(wanted: KeywordValue, value: Scalar) -> bool:
    """Whether a row allows a value; 1 and 1.0 are the same number, T is none."""
    if isinstance(wanted, list):
        return any(allows(one, value) for one in wanted)
    if isinstance(wanted, KeywordRange):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        low, high = wanted.least, wanted.most
        return (low is None or value >= low) and (high is None or value <= high)
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    if isinstance(wanted, str):
        return isinstance(value, str) and value.rstrip(" ") == wanted.rstrip(" ")
    return isinstance(value, int | float) and value == wanted


def _shown(value: Scalar) -> str:
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "T" if value else "F"
    return quoted(value) if isinstance(value, str) else str(value)


def _wanted(wanted: KeywordValue) -> str:
    if isinstance(wanted, list):
        return " or ".join(_wanted(one) for one in wanted)
    if isinstance(wanted, KeywordRange):
        if wanted.least is None:
            return f"at most {wanted.most:g}"
        return f"at least {wanted.least:g}" if wanted.most is None else f"{wanted.least:g} to {wanted.most:g}"
    return _shown(wanted)


RULES = (of_row,)
