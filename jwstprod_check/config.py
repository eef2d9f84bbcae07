"""What the user asked for. Imports no rule."""

import msgspec

from jwstprod_check.findings import Severity


class Options(msgspec.Struct, frozen=True):
    """The choices of a check. ``select`` and ``ignore`` are codes, names or families; empty ``select`` means all.

    ``product`` is what the user says the file is, ``profile`` the name of a profile that it is checked against as well.
    ``fail_on`` is the lowest severity that makes a file nonconforming; ``skip_unknown`` leaves out files of no known product,
    ``exclude`` those whose path or name one of the patterns matches.
    ``delivery`` asks for what the rules across files need, ``complete`` says that the set claims to be whole.
    ``table`` asks for what the table of a file is drawn from, which only a terminal shows.
    """

    strict: bool = False
    data: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    product: str | None = None
    profile: str | None = None
    table: bool = True
    fail_on: Severity = Severity.ERROR
    skip_unknown: bool = False
    exclude: tuple[str, ...] = ()
    delivery: bool = False
    complete: bool = False
