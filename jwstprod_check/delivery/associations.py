"""Association files: which exposures belong together, and what is made of them.

An association is JSON with one product or more, each with members (jwst documentation, associations/overview.rst; schemas
asn_schema_jw_level2b and asn_schema_jw_level3). Of the files of a run a base name and a few values are kept until the last one is known.
"""

import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Final

import msgspec

from jwstprod_check.delivery.set_rule import Entry
from jwstprod_check.memo import by_value
from jwstprod_check.product.file_name import EXTENSIONS
from jwstprod_check.storage.found import ASSOCIATION
from jwstprod_check.storage.local import LocalSource
from jwstprod_check.text import quoted

MAX_BYTES: Final = 64 * 2**20
"""Bytes of an association; those of the largest mosaics have some MB."""

SINGLETON: Final = "singleton"
"""ASNTABLE and ASNPOOL of a product that was made from one file without an association."""

SOURCE: Final = "{source_id}"
"""What the name of a product has, literally, in place of a source that the pipeline fills in."""

NAME: Final = re.compile(
    r"jw(?P<program>\d{5})-(?P<candidate>[a-z]\d{3,4})_(?:(?P<stamp>\d{8}t\d{6})_)?(?P<kind>[a-z0-9-]+)_\d{3,5}_asn\.json"
)
"""Names of association files (jwst 3.0.0, dms_base); that with a stamp is of the ground system."""

COMPARED: Final = ("PROGRAM", "INSTRUME", "CAL_VER", "CRDS_CTX")
"""Keywords by which the members of an association are compared."""

_EMPTY: Final = frozenset({"", "--", "n", "f", "null", "none", "false", "n/a"})
_TRAILING: Final = re.compile(rb",\s*[\]}]")
_SLOT: Final = re.compile(r"\\\{[a-z_]+\\\}")
_EXPOSURE: Final = re.compile(r"jw\d{11}_\d{2}[1-5][0-9a-z]{2}_\d{5}(?:-seg\d{3})?_[a-z0-9]+")


class Member(msgspec.Struct, frozen=True, dict=True):
    """A file of a product: its name and the part that it plays."""

    expname: str
    exptype: str
    exposerr: Any = None

    @cached_property
    def base(self) -> str:
        """Name without its folder."""
        return self.expname.replace("\\", "/").rpartition("/")[2]

    @cached_property
    def stem(self) -> str:
        """Name without folder and ending, in lower case."""
        return stem_of(self.base)

    @cached_property
    def suffix(self) -> str:
        """Product type in the name."""
        return self.stem.rpartition("_")[2]

    @cached_property
    def part(self) -> str:
        """The part that it plays, in lower case."""
        return self.exptype.lower()


class AssociationProduct(msgspec.Struct, frozen=True):
    """What is made of some members; ``name`` is without suffix."""

    members: list[Member]
    name: str | None = None


class _Content(msgspec.Struct, frozen=True):
    products: list[AssociationProduct]
    asn_type: Any = None
    asn_id: Any = None
    asn_pool: Any = None
    program: Any = None
    version_id: Any = None
    code_version: Any = None
    degraded_status: Any = None


class Association(msgspec.Struct, frozen=True, dict=True):
    """An association file as it was read; ``fault`` is why it could not be read, and ``content`` is None then."""

    path: str
    fault: str = ""
    content: _Content | None = None

    @cached_property
    def base(self) -> str:
        """Name without its folder."""
        return os.path.basename(self.path)

    @property
    def products(self) -> list[AssociationProduct]:
        """Its products."""
        return self.content.products if self.content is not None else []

    def value(self, key: str) -> str | None:
        """Text of a value of the top level; None where there is none, or a word that stands for none."""
        value = getattr(self.content, key, None)
        return value if isinstance(value, str) and not is_empty(value) else None

    @cached_property
    def kind(self) -> str:
        """Type of the association in lower case, '' without one."""
        return (self.value("asn_type") or "").lower()

    @cached_property
    def level(self) -> int:
        """2 or 3 by its type, 0 for another."""
        return int(self.kind[-1]) if self.kind[-1:] in {"2", "3"} else 0


class Files:
    """The files of a run, as associations refer to them. ``whole`` means that the set claims to be complete.

    ``nameless`` are the base names of files whose names are not those of products.
    """

    def __init__(self, entries: Iterable[Entry], nameless: Iterable[str], *, whole: bool) -> None:
        self.whole = whole
        self._named: dict[str, Entry] = {}
        self._others = set(map(stem_of, nameless))
        self._tables: dict[str, list[Entry]] = {}
        self._stated: dict[tuple[str, str], set[object]] = {}
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        self._named.setdefault(stem_of(os.path.basename(entry.path)), entry)
        for keyword in COMPARED if entry.identity.suffix != "uncal" else ():
            self._stated.setdefault((entry.identity.exposure, keyword), set()).add(entry.value(keyword))
        table = entry.value("ASNTABLE")
        if isinstance(table, str) and table.lower().endswith(ASSOCIATION):
            self._tables.setdefault(table.lower(), []).append(entry)

    def find(self, member: Member) -> Entry | None:
        """Return the file of a member, None where the set does not have it."""
        return self._named.get(member.stem)

    def has(self, member: Member) -> bool:
        """Whether the file of a member is in the set."""
        return member.stem in self._named or member.stem in self._others

    def agreeing(self, entries: Iterable[Entry], keyword: str) -> list[Entry]:
        """Files whose exposure states one value of a keyword; where it states several that has a finding of its own."""
        stated = self._stated
        return [
            e for e in entries if not e.identity.exposure or len(stated.get((e.identity.exposure, keyword), ())) < 2
        ]

    def made_by(self, association: Association) -> list[Entry]:
        """Files that name an association in ASNTABLE."""
        return self._tables.get(association.base.lower(), [])


def is_association(path: str) -> bool:
    """Whether a file is an association by its name."""
    return path.lower().endswith(ASSOCIATION)


def is_empty(value: object) -> bool:
    """Whether a value stands for none (jwst 3.0.0, dms_base)."""
    return value is None or (isinstance(value, str) and value.strip().lower() in _EMPTY)


@by_value(1024)
def stem_of(base: str) -> str:
    """A base name without its ending, in lower case."""
    base = base.lower()
    ending = next((e for e in EXTENSIONS if base.endswith(e)), "")
    return base[: len(base) - len(ending)]


@by_value(1024)
def exposure_of(stem: str) -> str:
    """The part of a name that all files of one exposure, detector and segment share; '' for another name."""
    found = _EXPOSURE.match(stem)
    return found[0] if found is not None else ""


def without_suffix(stem: str) -> str:
    """A stem without its suffix."""
    return stem.rpartition("_")[0]


def version(text: object) -> tuple[int, ...]:
    """Return the numbers at the beginning of a version; () where there are none."""
    parts = text.split("+")[0].split(".") if isinstance(text, str) else []
    numbers: list[int] = []
    for part in parts:
        if not part.isdecimal():
            break
        numbers.append(int(part))
    return tuple(numbers)


def after(name: str, stem: str) -> int:
    """Return where a stem goes on after the name of a product, -1 for a stem that does not begin with it.

    The pipeline fills in the ``{source_id}`` of a name.
    """
    name = name.lower()
    if "{" not in name:
        return len(name) if stem.startswith(name) else -1
    found = re.match(_SLOT.sub("[a-z0-9-]+", re.escape(name)), stem)
    return -1 if found is None else found.end()


def read_association(path: str) -> Association:
    """Read an association file; what is wrong with it is its ``fault``."""
    try:
        with LocalSource(path) as source:
            raw = source.read(0, MAX_BYTES + 1)
    except OSError as error:
        return Association(path, error.strerror or str(error))
    if len(raw) > MAX_BYTES:
        return Association(path, f"it has more than {MAX_BYTES} bytes")
    try:
        return Association(path, content=msgspec.json.decode(raw, type=_Content))
    except msgspec.ValidationError as error:
        return Association(path, f"it does not have what an association needs: {error}")
    except (msgspec.DecodeError, RecursionError) as error:
        return Association(path, _why(raw, error))


def _why(raw: bytes, error: Exception) -> str:
    comma = next(_trailing_commas(raw), None)
    if comma is not None:
        return f"it is no JSON: a comma before a closing bracket in line {raw[:comma].count(10) + 1}"
    return f"it is no JSON: {quoted(str(error)[:200])}"


def _trailing_commas(raw: bytes) -> Iterator[int]:
    """Places of commas before a closing bracket, those in texts left out."""
    return (
        found.start() for found in _TRAILING.finditer(re.sub(rb'"(?:[^"\\]|\\.)*"', lambda t: b"0" * len(t[0]), raw))
    )
