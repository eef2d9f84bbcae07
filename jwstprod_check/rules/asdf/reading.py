"""What the ASDF rules share: the tree of a file, read once, and the keywords that it repeats."""

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from jwstprod_check.asdf.frame import Frame, read_frame
from jwstprod_check.asdf.tree import Link, Tree, read_tree
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.asdf.extension import extension
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Skip
from jwstprod_check.text import quoted

if TYPE_CHECKING:
    from jwstprod_check.spec.loader import Catalogue

Paths = dict[str, dict[str, str]]


class Reading(msgspec.Struct, frozen=True):
    """The ASDF extension of a file: its HDU, its frame, and its tree where there is one."""

    hdu: Hdu
    frame: Frame
    tree: Tree | None


def reading(context: Context) -> Reading | Skip | None:
    """Read the ASDF extension; None where there is none, or where another rule reports why it cannot be read."""
    hdu = extension(context)
    if hdu is None or not hdu.sized or not hdu.axes:
        return None
    data = kept(context, hdu)
    if data is None:
        return Skip("the ASDF extension is too large, or could not be read")
    if not data:
        return None
    frame, tree = _read(data[: hdu.axes[0]] if len(data) > hdu.axes[0] else data, wanted(context.catalogue))
    return Reading(hdu, frame, tree)


def kept(context: Context, hdu: Hdu) -> bytes | None:
    """Bytes of a small table that the data pass kept, None without them."""
    return None if context.scan is None else context.scan.kept.get(hdu.index)


@lru_cache(maxsize=1)
def _read(data: bytes, paths: frozenset[str]) -> tuple[Frame, Tree | None]:
    frame = read_frame(data)
    tree = None if frame.fault is not None else read_tree(data[frame.start : frame.end], paths)
    return frame, tree


@lru_cache(maxsize=4)
def keyword_paths(catalogue: "Catalogue") -> Paths:
    """Attribute paths of the data models and the keywords that state them, by EXTNAME (``PRIMARY`` for the primary)."""
    content = catalogue.documents.read("asdf_keywords")
    groups = msgspec.convert(content or {}, dict[str, dict[str, dict[str, str]]])
    return {
        hdu: {
            f"{parent}.{leaf}" if parent else leaf: keyword
            for parent, leaves in parents.items()
            for leaf, keyword in leaves.items()
        }
        for hdu, parents in groups.items()
    }


@lru_cache(maxsize=4)
def wanted(catalogue: "Catalogue") -> frozenset[str]:
    """Every path of ``keyword_paths``."""
    return frozenset(path for paths in keyword_paths(catalogue).values() for path in paths)


class Hdus:
    """HDUs of a file as the data models find them: by EXTNAME and EXTVER (the first of several), or by index."""

    def __init__(self, context: Context) -> None:
        self._hdus = context.file.hdus
        self._named = {(h.name, h.extver): h for h in reversed(self._hdus) if h.name}

    def find(self, link: Link) -> Hdu | None:
        """Return the HDU that a link names, None where there is none."""
        if link.target is None:
            return None
        name, number = link.target
        if not name:
            return self._hdus[number] if number < len(self._hdus) else None
        return self._named.get((name, number), self._hdus[0] if (name, number) == ("PRIMARY", 1) else None)


def place(link: Link) -> str:
    """How a message names an array of the tree."""
    return quoted(".".join(str(step) for step in link.path)) if link.path else "an array"
