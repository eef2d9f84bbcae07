"""Damages as functions of bytes that can be chained: set a card, drop an HDU, patch bytes."""

from collections.abc import Callable
from struct import pack

from jwstprod_check.make.parts import CARD, BreakError, Edit, Part, Value, card, header, index_of, join, split, table

Change = Callable[[bytes], bytes]


def on(where: str, edit: Edit) -> Change:
    """Change one HDU."""

    def apply(raw: bytes) -> bytes:
        parts = split(raw)
        at = index_of(parts, where)
        parts[at] = edit(parts[at])
        return join(parts)

    return apply


def chain(*changes: Change) -> Change:
    """Change one after the other."""

    def apply(raw: bytes) -> bytes:
        for change in changes:
            raw = change(raw)
        return raw

    return apply


def set_cards(where: str, **keywords: Value) -> Change:
    """Set cards; ``_`` in a name means ``-`` after DATE, MJD and TIME."""

    def edit(part: Part) -> Part:
        for keyword, value in keywords.items():
            name = keyword.replace("_", "-") if keyword.startswith(("DATE", "MJD", "TIME_")) else keyword
            part = part.setting(name, value)
        return part

    return on(where, edit)


def delete_cards(where: str, *keywords: str) -> Change:
    """Delete the cards of some keywords."""
    return on(where, lambda part: part.without(*keywords))


def insert(where: str, *cards: bytes, after: str | None = None) -> Change:
    """Add cards unchanged."""
    return on(where, lambda part: part.adding(*cards, after=after))


def add_to(keyword: str, by: int) -> Change:
    """Change a number in the primary header."""
    return on("primary", lambda part: part.setting(keyword, part.number(keyword) + by))


def patch(where: str, at: int, data: bytes) -> Change:
    """Replace bytes of the data of an HDU."""
    return on(where, lambda part: part.patched(at, data))


def patch_cell(where: str, column: str, row: int, data: bytes) -> Change:
    """Replace the first bytes of a cell."""

    def edit(part: Part) -> Part:
        _, offset = part.column(column)
        return part.patched(row * part.number("NAXIS1") + offset, data)

    return on(where, edit)


def number_cell(where: str, column: str, row: int, *values: float) -> Change:
    """Replace the first numbers of a cell, in the type of its column."""

    def edit(part: Part) -> Part:
        number, offset = part.column(column)
        letter = {"I": "h", "J": "i", "E": "f", "D": "d"}[(part.text(f"TFORM{number}") or "D")[-1]]
        numbers = [int(v) if letter in "hi" else v for v in values]
        return part.patched(row * part.number("NAXIS1") + offset, pack(f">{len(numbers)}{letter}", *numbers))

    return on(where, edit)


def first_of(*changes: Change) -> Change:
    """Make the first of some changes that is possible in the file."""

    def apply(raw: bytes) -> bytes:
        reasons = []
        for change in changes:
            try:
                return change(raw)
            except BreakError as error:
                reasons.append(str(error))
        raise BreakError(", ".join(dict.fromkeys(reasons)))

    return apply


def drop(where: str) -> Change:
    """Leave an HDU out."""

    def apply(raw: bytes) -> bytes:
        parts = split(raw)
        at = index_of(parts, where)
        return join([*parts[:at], *parts[at + 1 :]])

    return apply


def duplicate_hdu(where: str) -> Change:
    """Write an HDU a second time after itself."""

    def apply(raw: bytes) -> bytes:
        parts = split(raw)
        at = index_of(parts, where)
        return join([*parts[: at + 1], *parts[at:]])

    return apply


def swap(first: str, second: str) -> Change:
    """Exchange two HDUs."""

    def apply(raw: bytes) -> bytes:
        parts = split(raw)
        a, b = index_of(parts, first), index_of(parts, second)
        parts[a], parts[b] = parts[b], parts[a]
        return join(parts)

    return apply


def add(part: Part) -> Change:
    """Write another HDU before ASDF."""

    def apply(raw: bytes) -> bytes:
        parts = split(raw)
        at = next((i for i, p in enumerate(parts) if p.name == "ASDF"), len(parts))
        return join([*parts[:at], part, *parts[at:]])

    return apply


def at_end(part: Part) -> Change:
    """Write another HDU after all others."""
    return lambda raw: join([*split(raw), part])


def where_is(raw: bytes, where: str) -> tuple[int, int]:
    """Offsets of the header and the data of an HDU."""
    parts = split(raw)
    start = len(join(parts[: index_of(parts, where)]))
    return start, start + len(header(parts[index_of(parts, where)]))


def in_header(where: str, old: bytes, new: bytes) -> Change:
    """Overwrite bytes of a header where they first appear."""

    def apply(raw: bytes) -> bytes:
        start, data = where_is(raw, where)
        at = raw.find(old, start, data)
        if at < 0:
            raise BreakError(f"no {old.decode()} in the header")
        return raw[:at] + new + raw[at + len(new) :]

    return apply


def cut_in_header(raw: bytes) -> bytes:
    """End the file within the header of the last HDU."""
    parts = split(raw)
    return raw[: len(join(parts[:-1])) + 3 * CARD + 7]


def cut_in_data(raw: bytes) -> bytes:
    """End the file within the data of the last HDU."""
    parts = split(raw)
    return raw[: len(join(parts[:-1])) + len(header(parts[-1])) + len(parts[-1].data) // 2]


def extra(*columns: tuple[str, str], rows: int = 1, data: bytes = b"", heap: bytes = b"", **keywords: Value) -> Change:
    """Add a table EXTRA, which no spec lists (a warning), with keywords of its own."""
    part = table("EXTRA", columns, rows, data, heap)
    for keyword, value in keywords.items():
        part = part.setting(keyword, value)
    return add(part)


def appended_column(part: Part, name: str, form: str, cell: bytes) -> Part:
    """Table with one column more, the same in all rows."""
    wide, rows, count = part.number("NAXIS1"), part.number("NAXIS2"), part.number("TFIELDS")
    data = b"".join(part.data[r * wide : (r + 1) * wide] + cell for r in range(rows))
    grown = part.setting("NAXIS1", wide + len(cell)).setting("TFIELDS", count + 1)
    grown = grown.adding(card(f"TTYPE{count + 1}", name), card(f"TFORM{count + 1}", form), after=f"TFORM{count}")
    return grown.holding(data)


def with_rows(part: Part, rows: int) -> Part:
    """Table with another number of rows; added ones repeat the data."""
    return part.resized(part.number("NAXIS1"), rows)


def in_tree(change: Callable[[bytes], bytes]) -> Change:
    """Change the bytes of the ASDF extension, and its header accordingly."""

    def edit(part: Part) -> Part:
        data = change(part.data)
        if data == part.data:
            raise BreakError("its tree has no such value")
        return part.setting("NAXIS1", len(data)).setting("TFORM1", f"{len(data)}B").holding(data)

    return on("ASDF", edit)
