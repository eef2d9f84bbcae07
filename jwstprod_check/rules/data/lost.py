"""DATA: planes without a measurement and blocks that were lost."""

from collections.abc import Iterator

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import BLOCK
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.data.scanned import looked_at, not_read, percent, position, unseen
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.scan.facts import FRAMES, MAX_RUNS, NulRun, Planes
from jwstprod_check.text import plural

_NUL_BLOCKS = 4


def _has_planes(hdu: Hdu) -> bool:
    return hdu.type == "IMAGE" and hdu.name in {"SCI", "ZEROFRAME"}


@rule("DATA006", "nul-blocks", Severity.WARNING, scope="walk", level="data")
def nul_blocks(context: Context) -> Iterator[Outcome]:
    """No complete 2880-byte block of a science array is NUL where the rest of the array is not.

    A transfer that loses blocks leaves zeros in their place, and no reader notices, because zero is a valid number. The
    rule reports runs of zero bytes that begin and end at a block of the file or of a disk, and in ramps any run of four
    blocks or more. Planes that are zero as a whole are reported by DATA007.

    How to fix: download the file again.
    Source: FITS Standard 4.0, section 3.1 (blocks); astropy issues 13356 and 8766 (broken transfers).
    """
    yield from not_read(context, lambda hdu: hdu.name in FRAMES and not hdu.compressed)
    for hdu, facts in looked_at(context):
        holes = facts.holes
        if holes is None or not holes.otherwise or holes.count > MAX_RUNS:
            continue
        runs = [run for run in holes.runs if _is_hole(hdu, run, context.has_trait("ramp"))]
        if not runs:
            continue
        lost = sum(run.end - run.start for run in runs)
        first = runs[0]
        width = abs(hdu.bitpix or 8) // 8
        yield Problem(
            f"{hdu.label}: {plural(lost, 'byte')} in {plural(len(runs), 'run')} are NUL "
            f"({percent(lost, hdu.data_size or lost)} of the array), the first at byte {hdu.data_offset + first.start} "
            f"of the file, pixel {position(hdu.axes, first.start // width)}",
            hdu=hdu,
            expected="data",
            found=f"{plural(lost, 'NUL byte')}",
            hint="blocks were lost in a transfer; download the file again",
            offset=hdu.data_offset + first.start,
        )


def _is_hole(hdu: Hdu, run: NulRun, ramp: bool) -> bool:
    """Whether a run of NUL bytes looks lost: its ends are those of blocks, or no zero pixel is valid there.

    The bytes beside a lost block may be zero by chance, up to the next pixel.
    """
    size = hdu.data_size or 0
    row = hdu.axes[0] * abs(hdu.bitpix or 8) // 8
    plane = row * (hdu.axes[1] if len(hdu.axes) > 1 else 1)
    if run.start % plane == 0 and run.end % plane == 0:
        return False
    if ramp and run.end - run.start >= _NUL_BLOCKS * BLOCK:
        return True

    def is_edge(at: int) -> bool:
        return at % BLOCK == 0 or ((hdu.data_offset + at) % 4096 == 0 and at % row != 0)

    starts = run.start == 0 or any(is_edge(run.start + i) for i in range(4))
    ends = run.end == size or any(is_edge(run.end - i) for i in range(4))
    return starts and ends


@rule("DATA007", "empty-plane", Severity.WARNING, scope="walk", gives_way_to=("DATA006",), level="data")
def empty_plane(context: Context) -> Iterator[Outcome]:
    """No plane (NAXIS1 x NAXIS2) of SCI or ZEROFRAME has the same value, or NaN, at every pixel.

    Such a plane contains no measurement: a group that was never read out, an integration whose calibration failed, or
    an array that was created and never filled. Planes of NaN are normal in resampled products, planes of zero in the
    trap state.

    How to fix: find the step that wrote the plane; if the data are lost, flag the pixels DO_NOT_USE.
    Source: MultimodalUniverse issue 107 (empty JWST images); jwst issue 8906 (an image turned into NaN).
    """
    yield from not_read(context, _has_planes, unseen)
    for hdu, facts in looked_at(context):
        planes = facts.pixels.planes if facts.pixels is not None else None
        if planes is None or context.has_trait("sparse"):
            continue
        for kind, what in (("zero", "zero"), ("constant", "of one value"), ("nan", "NaN")):
            if kind == "nan" and (not context.known or context.has_trait("resampled")):
                continue
            yield from _empty(hdu, planes, kind, what)


def _empty(hdu: Hdu, planes: Planes, kind: str, what: str) -> Iterator[Problem]:
    count = {"zero": planes.zero, "constant": planes.constant, "nan": planes.nan}[kind]
    if not count:
        return
    if planes.total == 1:
        where = f"{hdu.label}: every pixel is {what}"
    else:
        first = position(hdu.axes[2:], count.first)
        where = f"{hdu.label}: {count.count} of {planes.total} planes are all {what}, first plane {first}"
    yield Problem(where, hdu=hdu, expected="data", found=f"all {what}", group_key=f"{hdu.name} {kind}")


RULES = (nul_blocks, empty_plane)
