"""ASDF: the links of the tree. Each names an HDU that exists and has the stated form; each HDU is linked."""

from collections.abc import Iterator
from math import prod
from typing import Any, Final

from jwstprod_check.asdf.nodes import Link, Tree
from jwstprod_check.findings import Severity
from jwstprod_check.fits.columns import Column
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.asdf.reading import Hdus, place, read_whole
from jwstprod_check.rules.asdf.tables import array_nodes_at, array_path, arrays_of, expected_hdu, known_model
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.product.sets import find_sets, is_missing_member
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import listed, plural, quoted, times

MAX_DANGLING: Final = 10
"""Missing HDUs that have a finding of their own; more are grouped in one."""

_STORED: Final = {"bool8": "int8", "bool": "int8", "uint16": "int16", "uint32": "int32", "uint64": "int64"}
"""Types of a table that are stored alike: a logical is a byte, and an unsigned number is a signed one with TZEROn."""


@rule("ASDF006", "dangling-link", level="data", scope="walk", requires=("ASDF001", "ASDF003", "ASDF004"))
def dangling(context: Context) -> Iterator[Outcome]:
    """Every HDU that the tree links to exists.

    Otherwise the data models stop with a KeyError when they open the file: an HDU was deleted, renamed or given another
    EXTVER after the tree was written.

    How to fix: restore the HDU, or correct its EXTNAME and EXTVER; or remove the array from the data model and save it
    again.
    Source: stdatamodels 6.0.0, fits_support.py (a link is `fits:NAME,VER`, or `fits:INDEX` for an HDU without a name).
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    lost = tuple(_lost(context, found.tree))
    missing, sets = _missing(context), find_sets(context) if context.known else None
    silent = {name for link in lost if (name := _name(link)) in missing}
    if silent:
        yield Skip(f"{listed(sorted(silent))}: a finding of HDU001 comes first", ("HDU001",))
    in_sets = (
        {link.source for link in lost if link.target is not None and is_missing_member(sets, *link.target)}
        if sets is not None
        else set()
    )
    if in_sets:
        yield Skip(f"{listed(sorted(in_sets))}: a finding on sets comes first", ("HDU003", "HDU009", "HDU010"))
    sources: set[str] = set()
    for link in lost:
        if _name(link) in silent or link.source in in_sets:
            continue
        if len(sources) < MAX_DANGLING:
            sources.add(link.source)
        if link.target is not None and not context.file.complete:
            yield Skip("the file could not be read to its end; the linked HDUs may be there", ("FILE",))
            return
        reason = "the file has no such HDU" if link.target is not None else "that is not an EXTNAME and EXTVER"
        yield Problem(
            f"{place(link)} of the ASDF tree is linked to {quoted(link.source)}, but {reason}",
            hdu=found.hdu,
            expected="an HDU of the file",
            found=quoted(link.source),
            group_key=link.source if link.source in sources else "more",
        )


def _lost(context: Context, tree: Tree) -> Iterator[Link]:
    """Links to an HDU that the file does not have."""
    hdus = Hdus(context)
    return (link for link in tree.links if link.block is None and hdus.find(link) is None)


def _name(link: Link) -> str:
    """EXTNAME that a link refers to, whatever its form."""
    return link.source.removeprefix("fits:").rpartition(",")[0].strip(" ").upper() or link.source.removeprefix("fits:")


def _missing(context: Context) -> set[str]:
    """EXTNAMEs that the product's table requires and the file does not have; HDU001 reports them."""
    matches = context.matching.matches if context.known else ()
    return {m.row.name for m in matches if not m.hdus and not m.row.optional}


@rule(
    "ASDF007",
    "link-contradicts-hdu",
    level="data",
    scope="walk",
    requires=(
        "ASDF001",
        "ASDF003",
        "ASDF004",
        "HDU004",
        "ARR001",
        "ARR002",
        "ARR003",
        "TAB002",
        "TAB003",
        "TAB004",
        "TAB006",
    ),
    gives_way_to=("FITS062", "TAB001", "TAB009", "TAB011", "TAB012", "TAB013"),
)
def contradicts(context: Context) -> Iterator[Outcome]:
    """The tree gives an array the shape and the data type that its HDU has.

    Both were written from one array. Where they differ, the HDU was trimmed, resampled or converted by another program, and
    the world coordinates in the tree still belong to the original array. An HDU that already has a finding against the
    product's table is left out, and so is the order of columns: the data models read the columns of the HDU.

    How to fix: change the array in the data model and save it, so that tree and HDU are written together.
    Source: stdatamodels, fits_support.py; ASDF Standard 1.6.0, core/ndarray.
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    hdus = Hdus(context)
    for link in found.tree.links:
        hdu = hdus.find(link) if link.block is None and link.path else None
        if hdu is None or not hdu.sized or hdu.index in context.excluded:
            continue
        difference = _difference(link, hdu)
        if difference is not None:
            said, seen = difference
            yield Problem(
                f"{hdu.label} has {seen}, but {said} in the ASDF tree",
                hdu=hdu,
                expected=f"{said} ({place(link)} of the ASDF tree)",
                found=seen,
                group_key="contradicts",
            )


def _difference(link: Link, hdu: Hdu) -> tuple[str, str] | None:
    """What the tree states and what the HDU has, where they differ."""
    if hdu.type == "BINTABLE":
        return _table_difference(link, hdu)
    if hdu.type not in ("IMAGE", "primary"):
        return None
    axes = link.shape[::-1] if link.shape is not None else None
    if axes is not None and axes != hdu.axes:
        return f"axes {times(axes)}", f"axes {times(hdu.axes)}" if hdu.axes else "no data"
    said = link.datatype
    if isinstance(said, str) and said != "bool8" and hdu.dtype is not None and said != hdu.dtype:
        return quoted(said), hdu.dtype
    return None


def _table_difference(link: Link, hdu: Hdu) -> tuple[str, str] | None:
    if link.shape is not None and link.shape[:1] != (hdu.rows,):
        said_rows = plural(link.shape[0], "row") if len(link.shape) == 1 else f"{times(link.shape)} rows"
        return said_rows, plural(hdu.rows or 0, "row")
    if not isinstance(link.datatype, list) or not all(isinstance(c, dict) for c in link.datatype):
        return None
    said = [str(c.get("name", "")) for c in link.datatype]
    names = [c.name or "" for c in hdu.columns]
    if len(said) != len(names):
        return plural(len(said), "column"), plural(len(names), "column")
    placed = {n.strip(" ").upper(): column for n, column in zip(names, hdu.columns, strict=True)}
    if {n.strip(" ").upper() for n in said} != set(placed):
        return f"columns {listed(map(quoted, said), 6)}", f"columns {listed(map(quoted, names), 6)}"
    for name, cell in zip(said, link.datatype, strict=True):
        column = placed[name.strip(" ").upper()]
        want, have = _said(cell), _seen(column)
        if want is not None and have is not None and _stored(want) != _stored(have):
            shown = quoted(column.name or "")
            return f"{_cell(want)} in column {shown}", f"{_cell(have)} in column {shown}"
    return None


def _said(cell: dict[str, Any]) -> tuple[str, int] | None:
    """Data type and number of elements that the tree gives a column; None for text and for what it does not give."""
    kind, shape = cell.get("datatype"), cell.get("shape", [])
    if not isinstance(kind, str) or not isinstance(shape, list):
        return None
    lengths = [int(n) for n in shape if isinstance(n, str) and n.isdecimal() and len(n) < 10]
    return (kind, prod(lengths)) if len(lengths) == len(shape) else None


def _seen(column: Column) -> tuple[str, int] | None:
    """The same of a column of the HDU; None for text, bits and columns of variable length."""
    if column.tform is None or column.dtype is None or column.tform.code in "APQX":
        return None
    return column.dtype, column.tform.repeat


def _stored(cell: tuple[str, int]) -> tuple[str, int]:
    return _STORED.get(cell[0], cell[0]), cell[1]


def _cell(cell: tuple[str, int]) -> str:
    return quoted(cell[0]).strip("'") + (f"[{cell[1]}]" if cell[1] != 1 else "")


@rule(
    "ASDF008", "unlinked-hdu", Severity.WARNING, level="data", scope="walk", requires=("ASDF001", "ASDF003", "ASDF004")
)
def unlinked(context: Context) -> Iterator[Outcome]:
    """Every HDU with data and an EXTVER is linked in the tree.

    The data models write a link and an EXTVER for each of their arrays. An HDU without a link was appended or renamed
    later; the data models find it again only if its EXTNAME is one of the model's. A link at a path that the data model
    does not have (`erx` for `err`) is none: the array is lost to its readers. HDUs that are passed through from
    the uncalibrated file have no EXTVER and need no link. HDUs that are not in the product's table, and those that a
    broken link probably refers to, are reported by other rules.

    How to fix: nothing if it was intended; otherwise open and save the file with the data models.
    Source: stdatamodels, fits_support.py; files of jwst 1.4.6 to 3.0.0.
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    hdus = Hdus(context)
    models = {name for names in arrays_of(context).values() for name in names} if known_model(context) else set()
    named = _stated(found.tree, context)
    arrays = arrays_of(context)
    places: dict[int, list[Link]] = {}
    for link in found.tree.links:
        hdu = hdus.find(link) if link.block is None else None
        if hdu is not None:
            places.setdefault(hdu.index, []).append(link)
    # A link at a path that no array of the data model has is not looked at by it.
    linked = {
        index
        for index, links in places.items()
        if context.file.hdus[index].name not in models
        or any(expected_hdu(link, arrays) or not link.path for link in links)
    }
    lost = {_name(link) for link in _lost(context, found.tree)}
    unknown = _unknown(context)
    for hdu in context.file.hdus[1:]:
        passed = hdu.index in linked or hdu.index in unknown or hdu.name == "ASDF" or hdu.name in lost
        passed = passed or (hdu.name, hdu.extver) in named
        if not passed and hdu.axes and "EXTVER" in hdu.header:
            strange = places.get(hdu.index)
            paths = sorted(path for path, names in arrays.items() if hdu.name in names) if strange else []
            yield Problem(
                f"{hdu.label} is linked as {place(strange[0])} in the ASDF tree, which its data model does not look at"
                if strange
                else f"{hdu.label} is not linked in the ASDF tree",
                hdu=hdu,
                expected=f"a link 'fits:{hdu.name},{hdu.extver}'"
                + (f" at {listed(map(quoted, paths))}" if paths else ""),
                found=place(strange[0]) if strange else "none",
                severity=Severity.ERROR if hdu.name in models else None,
                group_key="unlinked",
            )


def _stated(tree: Tree, context: Context) -> set[tuple[str, int]]:
    """EXTNAME and EXTVER of the arrays that the tree has in another form or linked to another HDU; both have a finding."""
    blocks = {link.path for link in tree.links if link.block is not None}
    return {
        (name, array_path(path)[1])
        for path, _ in array_nodes_at(tree, arrays_of(context))
        if path not in blocks
        for name in arrays_of(context)[array_path(path)[0]]
    }


def _unknown(context: Context) -> set[int]:
    """HDUs that the product's table does not list, or that have a wrong name."""
    if not context.known:
        return set()
    near = {m.near.index for m in context.matching.matches if m.near is not None}
    return near | {h.index for h in context.matching.unclaimed}
