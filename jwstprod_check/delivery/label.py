"""A label of MAST's uploader (mast-transfer-tools 1.0.3): what it states of each kind of file, made from the files at hand.

A filetype of a label lists the HDUs of its files in order, with no word for HDUs that are there or not, so that files of one
product with different HDUs are of different filetypes, which differ in the names of their files alone.
"""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from jwstprod_check.fits.columns import Column
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile

DTYPES: Final = {
    "float64": "f8",
    "float32": "f4",
    "int64": "i8",
    "int32": "i4",
    "int16": "i2",
    "uint64": "u8",
    "uint32": "u4",
    "uint16": "u2",
    "uint8": "u1",
}
"""Data types of arrays and columns, by their names in a label. One that a label has no word for is left out."""

COLUMN_DTYPES: Final = {**DTYPES, "complex64": "c8", "complex128": "c16", "bool": "b1"}

HOOK: Final = "jwstprod_check.mast_hook"
START: Final = "(^|/)"
"""What every pattern begins with: local commands search it in a path, the server matches it with a base name."""


class Described(msgspec.Struct, frozen=True):
    """A file as a label describes it: its path below the folder, its product, its HDUs as the tool's objects.

    ``obstacle`` is why it cannot be described, '' where it can; ``objects`` is empty for a file that is no FITS file.
    """

    path: str
    product: str | None
    objects: tuple[dict[str, Any], ...] = ()
    obstacle: str = ""

    @property
    def kind(self) -> tuple[str, bytes]:
        """What files of one filetype have in common: the product, and the objects as bytes."""
        return self.product or "unknown", msgspec.json.encode(self.objects)


def described(path: str, product: str | None, file: FitsFile) -> Described:
    """Describe a FITS file by its headers."""
    if not file.hdus or not file.complete:
        return Described(path, product, obstacle="it cannot be read to its end")
    unnamed = next((hdu for hdu in file.hdus if _objtype(hdu) is None), None)
    if unnamed is not None:
        return Described(
            path, product, obstacle=f"a label has no word for {unnamed.label}, a {unnamed.xtension} extension"
        )
    return Described(path, product, tuple(map(_object, file.hdus)))


def _objtype(hdu: Hdu) -> str | None:
    if hdu.type == "primary":
        return "primary"
    if hdu.type == "IMAGE":
        return "compimage" if hdu.compressed else "image"
    return "bintable" if hdu.type == "BINTABLE" else None


def _object(hdu: Hdu) -> dict[str, Any]:
    """An HDU as an object of a label. An extension without EXTNAME has the name '', not none, which never passes."""
    objtype = _objtype(hdu)
    default = "PRIMARY" if objtype == "primary" else "COMPRESSED_IMAGE" if objtype == "compimage" else ""
    made: dict[str, Any] = {"objtype": objtype, "name": hdu.name or default}
    if objtype == "bintable":
        return {**made, "schema": [_column(column) for column in hdu.columns]}
    if hdu.axes and hdu.dtype in DTYPES:
        made["dtype"] = DTYPES[hdu.dtype]
    return {**made, "ndim": len(hdu.axes)}


def _column(column: Column) -> dict[str, Any]:
    return {"name": (column.name or "").strip(" "), "dtype": column_dtype(column)}


def column_dtype(column: Column) -> str:
    """Data type of the cells of a column in a label: text is V and its bytes, a pointer to the heap is O."""
    if column.tform is not None and column.tform.code in "PQ":
        return "O"
    if column.tform is not None and column.tform.code == "A":
        return f"V{column.tform.repeat}"
    return COLUMN_DTYPES.get(column.dtype or "", "u1")


def filetypes(files: Iterable[Described]) -> dict[str, dict[str, Any]]:
    """Group files by product and HDUs; other files by their endings. Each file matches the patterns of one filetype alone."""
    fits: dict[tuple[str, bytes], list[Described]] = {}
    others: dict[str, list[Described]] = {}
    for file in files:
        if file.obstacle:
            continue
        if file.objects:
            fits.setdefault(file.kind, []).append(file)
        else:
            others.setdefault(_ending(file.path), []).append(file)
    made: dict[str, dict[str, Any]] = {}
    counts: dict[str, int] = {}
    for (product, _), group in sorted(fits.items(), key=lambda item: (item[0][0], item[1][0].path)):
        counts[product] = counts.get(product, 0) + 1
        name = product if counts[product] == 1 else f"{product}-{counts[product]}"
        made[name] = {"filename": _patterns(group), "standard": "fits", "objects": list(group[0].objects)}
    for ending, group in sorted(others.items()):
        made[f"other-{ending.lstrip('.') or 'files'}"] = {"filename": _patterns(group), "standard": "unspecified"}
    return made


def _ending(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[1].lower()


def _patterns(group: Iterable[Described]) -> list[str]:
    """One pattern for each base name: no part of a name depends on which HDUs a file has."""
    return [f"{START}{re.escape(base)}$" for base in sorted({os.path.basename(file.path) for file in group})]


def clashes(files: Iterable[Described]) -> Iterator[str]:
    """Base names of several files that are of different filetypes, for which a label has no patterns."""
    seen: dict[str, tuple[str, bytes]] = {}
    for file in files:
        base = os.path.basename(file.path)
        if seen.setdefault(base, file.kind) != file.kind:
            yield base


def label_text(types: dict[str, dict[str, Any]], dataset: str, delivery: str, start: str, *, hook: bool) -> str:
    """Return a label as YAML. ``start`` is the date of the delivery; with ``hook`` the tool reports our findings too."""
    import yaml

    options = {"validation_options": {"object_check_hook": HOOK}} if hook else {}
    whole = {name: {**one, **(options if one["standard"] == "fits" else {})} for name, one in types.items()}
    content = {
        "dataset": dataset,
        "delivery_id": delivery,
        "time": {"delivery_start_date": start},
        "delivery_meta": {"schema_version": "0.1.0"},
        "filetypes": whole,
    }
    # The copy by way of JSON has no object twice, which YAML would write as an alias.
    plain = msgspec.json.decode(msgspec.json.encode(content))
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=1000)
