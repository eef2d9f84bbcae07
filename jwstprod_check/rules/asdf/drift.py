"""ASDF: values that the tree repeats from the headers."""

from collections.abc import Iterator
from math import isclose
from typing import Final

from jwstprod_check.asdf.nodes import Path, Text, Tree, number_of
from jwstprod_check.findings import Severity
from jwstprod_check.fits.cards import Card, Kind
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.rules.asdf.reading import Hdus, dotted, items_of, keyword_paths, read_whole, values_of
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import listed, plural, quoted

MAX_KEYWORDS: Final = 10
"""Keywords that have a finding of their own; more are named in one."""

_HASH: Final = "_fits_hash"
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "yes", "on", "t"})
_FALSE: Final = frozenset({"false", "no", "off", "f"})


@rule(
    "ASDF009",
    "header-drift",
    Severity.WARNING,
    level="data",
    scope="walk",
    requires=("ASDF001", "ASDF003", "ASDF004"),
)
def drift(context: Context) -> Iterator[Outcome]:
    """A value that appears both in a header and in the tree is the same in both.

    The data models write both from one attribute. Where they differ, the header was edited afterwards, or the tree
    comes from another file. Which side the data models use follows from the hash of the headers in the tree
    (`_fits_hash`): if it fits, no header was edited and they use the tree, else the headers. Other readers of the tree do
    not use the hash, so it is a warning. A keyword that has a finding of its own is left out.

    How to fix: change the value in the data model and save the file, so that header and tree are written together.
    Source: stdatamodels 6.0.0, its schemas (attribute paths of keywords) and fits_support.py (`_fits_hash`).
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    named: set[str] = set()
    more: dict[str, None] = {}
    for hdu, keyword, at, leaf in _statements(context, found.tree):
        card = hdu.header.card(keyword)
        if (hdu.index, keyword) in context.reported:
            continue
        if card is None or agree(hdu.header, card, leaf):
            continue
        if keyword not in named and len(named) == MAX_KEYWORDS:
            more.setdefault(keyword)
            continue
        named.add(keyword)
        said, written = quoted(leaf.text), _written(hdu.header, card)
        yield Problem(
            f"{keyword} of {hdu.label} is {written}, but {said} in the ASDF tree",
            hdu=hdu,
            keyword=keyword,
            expected=f"{said} ({dotted(at)} of the ASDF tree)",
            found=written,
            hint=f"the data models take {side_taken(context, found.tree)}",
            offset=card.offset,
            group_key=f"drift {keyword}",
        )
    if more:
        yield Problem(
            f"{plural(len(more), 'more keyword')} differ from the ASDF tree: {listed(more)}",
            hdu=found.hdu,
            found=listed(more),
        )


def side_taken(context: Context, tree: Tree) -> str:
    """Which side the data models take where header and tree differ."""
    stated = tree.text(tree.at(_HASH))
    if stated is None:
        return "the headers: the tree has no hash of them"
    from hashlib import sha256

    digest = sha256()
    for hdu in context.file.hdus:
        if hdu.name != "ASDF":
            digest.update(hdu.header.raw)
    if digest.hexdigest() == stated:
        return "the tree: its hash of the headers fits"
    return "the headers: they were edited after the tree was written"


def _statements(context: Context, tree: Tree) -> Iterator[tuple[Hdu, str, Path, Text]]:
    """Every value of the tree that a keyword repeats, with the HDU, the keyword and its path.

    The HDU of a path follows from the links beside it: ``slits.3.name`` belongs to the header of the SCI
    that ``slits.3.data`` is linked to. The primary belongs to the whole tree.
    """
    tables = keyword_paths(context.catalogue)
    homes: dict[Path, list[Hdu]] = {(): list(context.file.hdus[:1])}
    hdus = Hdus(context)
    for link in tree.links:
        hdu = hdus.find(link) if link.path and link.block is None else None
        if hdu is not None and hdu.name in tables:
            homes.setdefault(link.path[:-1], []).append(hdu)
    for item, node in items_of(tree):
        for hdu in homes.get(item, ()):
            table = tables.get(hdu.name or "PRIMARY" if hdu.index else "PRIMARY", {})
            for path, keyword, value in values_of(tree, node, table, item):
                if isinstance(keyword, str) and isinstance(value, Text):
                    yield hdu, keyword, path, value


def agree(header: Header, card: Card, leaf: Text) -> bool:
    """Whether a card and a value of the tree state the same; a side that states nothing contradicts nothing."""
    text = leaf.text.strip(" ")
    if leaf.plain and text in _NULL:
        return True
    match card.kind, header.value(card.keyword):
        case Kind.STRING, str(value):
            return value.strip(" ") == text or _same_number(value, text)
        case Kind.LOGICAL, bool(value):
            return text.lower() in (_TRUE if value else _FALSE)
        case ((Kind.INTEGER | Kind.FLOAT), (int() | float()) as number):
            stated = number_of(leaf)
            return _same_number(str(number), text if stated is None else repr(stated))
    return True


def _same_number(one: str, other: str) -> bool:
    try:
        a, b = float(one), float(other.replace("_", ""))
    except ValueError:
        return False
    return isclose(a, b, rel_tol=1e-9, abs_tol=1e-300)


def _written(header: Header, card: Card) -> str:
    value = header.value(card.keyword)
    if isinstance(value, bool):
        return "T" if value else "F"
    return quoted(value if isinstance(value, str) else str(value))
