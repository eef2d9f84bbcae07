"""DATA: weights and inputs of resampled images."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.data.cells import cells_of
from jwstprod_check.rules.data.scanned import looked_at, negative_pixels, not_read, pixels, position, scan_of, unseen
from jwstprod_check.rules.product.resampled import inputs
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.scan.facts import WEIGHTS
from jwstprod_check.text import listed, plural, quoted

_BITS: Final = 32


def _is_weight(hdu: Hdu) -> bool:
    return hdu.type == "IMAGE" and hdu.name in WEIGHTS


@rule("DATA013", "negative-weight", Severity.WARNING, scope="walk", level="data")
def negative_weight(context: Context) -> Iterator[Outcome]:
    """No weight of a resampled image or cube is negative.

    WHT and WMAP are sums of weights of the inputs, which are exposure times or inverse variances. A negative weight turns
    the sign of a pixel when images are combined.

    How to fix: resample the inputs again.
    Source: jwst documentation, data_products/science_products.rst (WHT of i2d and s2d, WMAP of s3d).
    """
    yield from not_read(context, _is_weight, unseen)
    for hdu, facts in looked_at(context):
        found = facts.pixels if _is_weight(hdu) else None
        if found is not None and found.negative:
            yield negative_pixels(hdu, found)


@rule(
    "DATA015",
    "context-beyond-inputs",
    Severity.WARNING,
    level="data",
    requires=("ARR001", "ARR005"),
    traits=("resampled",),
)
def beyond_inputs(context: Context) -> Iterator[Outcome]:
    """The context image has bits of the inputs that HDRTAB lists, and of no others.

    Bit 0 of the first plane of CON is the first input, bit 0 of the second plane input 33. A bit beyond the rows of HDRTAB is
    an input that nobody can name: the table or the image is that of another combination.

    How to fix: resample the inputs again.
    Source: jwst documentation, data_products/science_products.rst (CON, HDRTAB of i2d and s2d) and resample/main.rst.
    """
    count = inputs(context)
    for facts in scan_of(context).contexts:
        hdu = context.file.hdus[facts.context]
        if hdu.index in context.excluded or count is None:
            continue
        beyond = [
            plane * _BITS + bit + 1
            for plane, bits in facts.bits
            for bit in range(_BITS)
            if bits >> bit & 1 and plane * _BITS + bit >= count
        ]
        if beyond:
            yield Problem(
                f"{hdu.label} has bits of {'input' if len(beyond) == 1 else 'inputs'} {listed(map(str, beyond), 5)}, but HDRTAB "
                f"lists {plural(count, 'input')}",
                hdu=hdu,
                expected=f"bits of inputs 1 to {count}",
                found=listed(map(str, beyond), 5),
                group_key="beyond inputs",
            )


@rule("DATA016", "weight-without-input", Severity.WARNING, level="data", requires=("ARR001",), traits=("resampled",))
def weight_without_input(context: Context) -> Iterator[Outcome]:
    """A pixel of a resampled image that has a weight has an input in the context image.

    A weight is the sum of the weights of the inputs that CON names. Where CON is 0 and WHT is not, one of the two arrays was
    lost or belongs to another image.

    How to fix: resample the inputs again.
    Source: jwst documentation, data_products/science_products.rst (CON and WHT of i2d and s2d).
    """
    for facts in scan_of(context).contexts:
        hdu = context.file.hdus[facts.context]
        if facts.weight < 0 or hdu.index in context.excluded:
            continue
        weight = context.file.hdus[facts.weight]
        if facts.not_decoded:
            yield Skip(f"{hdu.label} and {weight.label}: {facts.not_decoded}")
        elif facts.alone:
            total = weight.axes[0] * weight.axes[1]
            yield Problem(
                f"{pixels(facts.alone.count, total)} have a weight in {weight.label} and no input in {hdu.label}, first at "
                f"{position(weight.axes, facts.alone.first)}",
                hdu=hdu,
                expected=f"an input where {weight.label} is more than 0",
                found=plural(facts.alone.count, "pixel") + " without an input",
                group_key="weight without input",
            )


@rule("DATA017", "input-twice", Severity.WARNING, level="data", requires=("HDU004", "TAB004"))
def input_twice(context: Context) -> Iterator[Outcome]:
    """HDRTAB lists no input twice.

    An exposure that was combined with itself counts twice in the weights, and the noise comes out too small.

    How to fix: remove the exposure that is in the association twice, and combine the others again.
    Source: jwst documentation, data_products/science_products.rst (HDRTAB: keyword values of all inputs).
    """
    for row, hdu in context.tables():
        cells = cells_of(context, hdu) if row.name == "HDRTAB" else None
        if isinstance(cells, Skip):
            yield cells
        names = cells.having("FILENAME") if cells is not None and not isinstance(cells, Skip) else None
        if names is None:
            continue
        counted = Counter(name for name in names[0].tolist() if isinstance(name, str) and name)
        twice = [name for name, count in counted.items() if count > 1]
        if twice:
            yield Problem(
                f"{hdu.label} lists {listed(map(quoted, twice), 3)} more than once",
                hdu=hdu,
                column="FILENAME",
                expected="each input once",
                found=plural(counted[twice[0]], "row"),
            )


RULES = (negative_weight, beyond_inputs, weight_without_input, input_twice)
