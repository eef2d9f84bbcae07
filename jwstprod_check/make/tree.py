"""The tree of a made file: the YAML text of its ASDF extension, as the data models write it.

Arrays are links to the HDUs (``source: fits:SCI,1``) with the type and, in NumPy order, the shape.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from jwstprod_check import __version__
from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.content import Field

_NAMES: Final = {"SCI": "data", "WCS-TABLE": "wavetable"}
_META: Final = (
    ("DATAMODL", "model_type"),
    ("TELESCOP", "telescope"),
    ("FILENAME", "filename"),
    ("DATE", "date"),
    ("CAL_VER", "calibration_software_version"),
)
_GROUPS: Final = (
    (
        "exposure",
        (
            ("EXP_TYPE", "type"),
            ("NGROUPS", "ngroups"),
            ("NINTS", "nints"),
            ("INTSTART", "integration_start"),
            ("INTEND", "integration_end"),
        ),
    ),
    ("instrument", (("INSTRUME", "name"), ("DETECTOR", "detector"))),
    ("subarray", (("SUBSIZE1", "xsize"), ("SUBSIZE2", "ysize"))),
)


class Link(msgspec.Struct, frozen=True):
    """An HDU: ``axes`` in FITS order; of a table the number of rows, and its columns as ``fields``."""

    extname: str
    extver: int
    dtype: str
    axes: tuple[int, ...]
    fields: tuple[Field, ...] = ()

    def lines(self) -> list[str]:
        """Lines of the array's node, without its key."""
        shape = ", ".join(str(n) for n in reversed(self.axes))
        return [
            f"  source: fits:{self.extname},{self.extver}",
            *self._datatype(),
            "  byteorder: big",
            f"  shape: [{shape}]",
        ]

    def _datatype(self) -> list[str]:
        if not self.fields:
            return [f"  datatype: {self.dtype}"]
        lines = ["  datatype:"]
        for field in self.fields:
            text = field.base == "str"
            kind = f"[ascii, {field.repeat}]" if text else "bool8" if field.base == "bool" else field.base
            shape = "" if text or field.repeat is None else f", shape: [{field.repeat}]"
            lines.append(f"  - {{byteorder: big, datatype: {kind}, name: {_scalar(field.name)}{shape}}}")
        return lines

    @property
    def key(self) -> str:
        """Name of the array in the data model."""
        known = _NAMES.get(self.extname.upper(), self.extname.lower())
        return "".join(c if c.isalnum() else "_" for c in known)


def asdf_tree(links: Sequence[Link], slits: Sequence[Link], keywords: dict[str, Scalar]) -> bytes:
    """Content of the ASDF extension: ``links`` at the top of the tree, ``slits`` in a list, one item for each EXTVER."""
    lines = [
        "#ASDF 1.0.0",
        "#ASDF_STANDARD 1.5.0",
        "%YAML 1.1",
        "%TAG ! tag:stsci.edu:asdf/",
        "--- !core/asdf-1.1.0",
        f"asdf_library: !core/software-1.0.0 {{name: jwstprod, version: {__version__}}}",
    ]
    for link in links:
        lines += [f"{link.key}: !core/ndarray-1.0.0", *link.lines()]
    lines += _meta(keywords)
    if slits:
        lines.append("slits:")
    for extver in sorted({s.extver for s in slits}):
        head = "- "
        for link in (s for s in slits if s.extver == extver):
            lines += [f"{head}{link.key}: !core/ndarray-1.0.0", *("  " + line for line in link.lines())]
            head = "  "
    return ("\n".join([*lines, "..."]) + "\n").encode("ascii")


def _meta(keywords: dict[str, Scalar]) -> list[str]:
    lines = [f"  {key}: {_scalar(keywords[name])}" for name, key in _META if name in keywords]
    for group, members in _GROUPS:
        inner = [f"{key}: {_scalar(keywords[name])}" for name, key in members if name in keywords]
        lines += [f"  {group}: {{{', '.join(inner)}}}"] if inner else []
    return ["meta:", *lines] if lines else []


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)
