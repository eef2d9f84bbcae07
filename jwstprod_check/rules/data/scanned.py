"""What the rules on data share: the position of a pixel, the share of an array, what could not be read."""

from collections.abc import Callable, Iterable, Iterator

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Problem, Skip
from jwstprod_check.scan.facts import HduFacts, Pixels, Scan
from jwstprod_check.text import listed, plural


def scan_of(context: Context) -> Scan:
    """Return what the data pass found; the engine runs no rule on data without it."""
    if context.scan is None:
        raise LookupError("the data were not read")
    return context.scan


def looked_at(context: Context) -> Iterator[tuple[Hdu, HduFacts]]:
    """Every HDU that a rule may check, with its facts."""
    scan = scan_of(context)
    return ((hdu, scan.of(hdu)) for hdu in context.file.hdus if hdu.index not in context.excluded)


def not_read(
    context: Context, concerned: Callable[[Hdu], bool], why: Callable[[HduFacts], str] = lambda facts: facts.not_read
) -> Iterator[Skip]:
    """One Skip for each reason why concerned HDUs could not be read to their end."""
    reasons: dict[str, list[str]] = {}
    for hdu, facts in looked_at(context):
        reason = why(facts)
        if reason and concerned(hdu):
            reasons.setdefault(reason, []).append(hdu.label)
    for reason, labels in reasons.items():
        yield Skip(f"{listed(labels)}: {reason}")


def unseen(facts: HduFacts) -> str:
    """Why not all pixels of an image were read, '' if they were."""
    return facts.not_read or facts.not_decoded or facts.decode_error


def position(axes: Iterable[int], index: int) -> str:
    """Position in an array in FITS order, counted from 1: ``(5,3,1)``."""
    places = []
    for length in axes:
        index, place = divmod(index, length)
        places.append(str(place + 1))
    return "(" + ",".join(places) + ")" if len(places) != 1 else places[0]


def pixels(count: int, total: int) -> str:
    """Number and share of pixels: ``12 of 4096 pixels (0.3 %)``."""
    return f"{count} of {plural(total, 'pixel')} ({percent(count, total)})"


def percent(count: int, total: int) -> str:
    """Share in percent, never rounded to none or all."""
    if not total or count == total:
        return "100 %" if total else "0 %"
    share = 100 * count / total
    return "less than 0.01 %" if share < 0.01 else f"{min(share, 99.99):.2g} %" if share < 99 else f"{share:.4g} %"


def negative_pixels(hdu: Hdu, found: Pixels) -> Problem:
    """Describe the negative pixels of an image that may have none."""
    return Problem(
        f"{hdu.label}: {pixels(found.negative.count, found.seen)} are negative, first at "
        f"{position(hdu.axes, found.negative.first)}",
        hdu=hdu,
        expected="0 or more",
        found=plural(found.negative.count, "negative pixel"),
        group_key=hdu.name,
    )
