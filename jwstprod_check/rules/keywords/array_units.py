"""KEY: the units of the arrays that belong to one science array."""

from collections.abc import Iterator

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.units import same_unit
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import quoted


def _unit(hdu: Hdu) -> str:
    return (hdu.header.string("BUNIT") or "").strip(" ")


@rule("KEY060", "error-unit", Severity.WARNING, requires=("FITS055", "KEY030"))
def error_unit(context: Context) -> Iterator[Outcome]:
    """BUNIT of ERR is that of SCI, and BUNIT of a variance is the square of it.

    The pipeline writes one for ERR and none for variances; a program that reads values with their units cannot compare an
    error in another unit with its value. Arrays of one EXTVER belong together. An array without BUNIT states none.

    How to fix: write the unit of the values.
    Source: jwst documentation, error_propagation/main.rst; stdatamodels 6.0.0, bunit.schema.yaml.
    """
    science = {h.extver: h for h in reversed(context.file.named("SCI")) if h.index not in context.excluded}
    for name, group in context.file.by_name.items():
        power = 1 if name == "ERR" else 2 if name.startswith("VAR_") else 0
        for hdu in group if power else ():
            values = science.get(hdu.extver)
            unit, own = _unit(hdu), _unit(values) if values is not None else ""
            if values is None or not unit or not own or hdu.index in context.excluded or same_unit(unit, own, power):
                continue
            expected = own if power == 1 else f"({own})^2"
            card = hdu.header.card("BUNIT")
            yield Problem(
                f"BUNIT of {hdu.label} is {quoted(unit)}, expected {quoted(expected)}, as BUNIT of {values.label} is "
                f"{quoted(own)}",
                hdu=hdu,
                keyword="BUNIT",
                expected=quoted(expected),
                found=quoted(unit),
                offset=card.offset if card is not None else None,
                group_key=f"BUNIT {name} {unit}",
            )


RULES = (error_unit,)
