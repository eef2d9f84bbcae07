"""The tree of a made file: the YAML text of its ASDF extension, as the data models write it.

Arrays are links to the HDUs (``source: fits:SCI,1``) with the type and, in NumPy order, the shape; values are those of the
keywords, under the paths of the data models.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from jwstprod_check import __version__
from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.content import Field

Nested = dict[str, Any]
"""Values by key: a scalar, a line of YAML as it is written (``Raw``), a mapping, or a list of mappings."""

_HASH: Final = "_fits_hash"


class Raw(str):
    """YAML that is written as it is, after its key; lines after the first are indented with the rest."""

    __slots__ = ()


class Link(msgspec.Struct, frozen=True):
    """An HDU: ``axes`` in FITS order; of a table the number of rows, and its columns as ``fields``."""

    extname: str
    extver: int
    dtype: str
    axes: tuple[int, ...]
    fields: tuple[Field, ...] = ()

    def node(self) -> Raw:
        """Return the node of the array."""
        shape = ", ".join(str(n) for n in reversed(self.axes))
        lines = [
            "!core/ndarray-1.0.0",
            f"  source: fits:{self.extname},{self.extver}",
            *self._datatype(),
            "  byteorder: big",
            f"  shape: [{shape}]",
        ]
        return Raw("\n".join(lines))

    def _datatype(self) -> list[str]:
        if not self.fields:
            return [f"  datatype: {self.dtype}"]
        lines = ["  datatype:"]
        for field in self.fields:
            text = field.base == "str"
            kind = f"[ascii, {field.repeat}]" if text else "bool8" if field.base == "bool" else field.base
            shape = "" if text or field.repeat is None else f", shape: [{field.repeat}]"
            lines.append(f"  - {{byteorder: big, datatype: {kind}, name: {scalar(field.name)}{shape}}}")
        return lines


class Model(msgspec.Struct, frozen=True):
    """What the specs state about the tree of a data model.

    ``paths`` are the names of its arrays by EXTNAME, ``listed`` is the list whose items have arrays of their own, ``keywords``
    are the paths of values by EXTNAME and keyword.
    """

    paths: dict[str, str]
    listed: str
    keywords: dict[str, dict[str, str]]


def model_of(name: str, arrays: Any, keywords: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Model:
    """Return what the documents ``asdf_tree`` and ``asdf_keywords`` say of a data model."""
    found = {extname: path for path, extname in (arrays or {}).get("arrays", {}).get(name, {}).items()}
    paths = {
        extname: {
            keyword: f"{parent}.{leaf}".lstrip(".")
            for parent, leaves in parents.items()
            for leaf, keyword in leaves.items()
        }
        for extname, parents in keywords.items()
    }
    return Model(found, (arrays or {}).get("lists", {}).get(name, "slits"), paths)


def asdf_tree(
    model: Model,
    links: Sequence[Link],
    in_sets: Sequence[Link],
    headers: Iterable[tuple[str, int, Mapping[str, Scalar]]],
    world: Raw | None = None,
    digest: str = "",
) -> bytes:
    """Content of the ASDF extension.

    ``links`` are at the top of the tree, ``in_sets`` in a list, one item for each EXTVER; ``headers`` are EXTNAME, EXTVER and
    keywords of the HDUs; ``digest`` is the hash of their headers, ``world`` the world coordinates.
    """
    tree: Nested = {
        "asdf_library": Raw(f"!core/software-1.0.0 {{name: jwstprod, version: {__version__}}}"),
        _HASH: digest,
    }
    items: dict[int, Nested] = {link.extver: {} for link in in_sets}
    names = {link.extname.upper() for link in in_sets}
    for link in links:
        tree[_key(model, link)] = link.node()
    for link in in_sets:
        items[link.extver][_key(model, link)] = link.node()
    for extname, extver, keywords in headers:
        home = items[extver] if extname in names else tree
        known = model.keywords.get(extname, {})
        for keyword, value in keywords.items():
            if keyword in known:
                _place(home, known[keyword].split("."), value)
    if world is not None:
        _place(tree, ["meta", "wcs"], world)
    if items:
        tree[model.listed] = [items[n] for n in sorted(items)]
    lines = [
        "#ASDF 1.0.0",
        "#ASDF_STANDARD 1.5.0",
        "%YAML 1.1",
        "%TAG ! tag:stsci.edu:asdf/",
        "--- !core/asdf-1.1.0",
        *_mapping(tree),
        "...",
    ]
    return ("\n".join(lines) + "\n").encode("ascii")


def _key(model: Model, link: Link) -> str:
    """Name of an array in the data model."""
    known = model.paths.get(link.extname.upper(), link.extname.lower())
    return "".join(c if c.isalnum() else "_" for c in known)


def _place(tree: Nested, path: list[str], value: Scalar | Raw) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree.setdefault(path[-1], value)


def _mapping(tree: Nested, indent: str = "") -> list[str]:
    lines: list[str] = []
    for key, value in tree.items():
        head = f"{indent}{key}:"
        if isinstance(value, dict):
            lines += [head, *_mapping(value, indent + "  ")]
        elif isinstance(value, list):
            lines.append(head)
            for item in value:
                inner = _mapping(item, indent + "  ")
                lines += [f"{indent}- {inner[0].strip()}", *inner[1:]]
        elif isinstance(value, Raw):
            first, *rest = value.split("\n")
            lines += [f"{head} {first}", *(indent + line for line in rest)]
        else:
            lines.append(f"{head} {scalar(value)}")
    return lines


def scalar(value: Scalar) -> str:
    """Return a scalar as YAML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, float):
        # Without a point in the mantissa it would be text.
        text = repr(value)
        return text.replace("e", ".0e", 1) if "e" in text and "." not in text else text
    return str(value)
