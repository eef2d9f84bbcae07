"""What the user asked for. Imports no rule."""

import msgspec


class Options(msgspec.Struct, frozen=True):
    """The choices of a check. ``select`` and ``ignore`` are codes, names or families; empty ``select`` means all.

    ``product`` is what the user says the file is, ``profile`` the name of a profile that it is held against as well.
    ``table`` asks for what the table of a file is drawn from, which only a terminal shows.
    """

    strict: bool = False
    data: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    product: str | None = None
    profile: str | None = None
    table: bool = True
