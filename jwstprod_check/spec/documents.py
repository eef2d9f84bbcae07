"""Where spec documents come from: a folder of YAML files, or the pack in the wheel.

The pack contains the same documents as msgpack, so that a check reads the one product it needs without
importing a YAML parser. It is made when the wheel is built and never edited.
"""

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from jwstprod_check.spec.errors import SpecError

if TYPE_CHECKING:
    from pathlib import Path

PACK: Final = "specs.msgpack"
SHARED: Final = (
    "symbols",
    "keywords",
    "traits",
    "known",
    "models",
    "headers",
    "steps",
    "subarrays",
    "exposures",
    "asdf_keywords",
    "asdf_tags",
    "asdf_tree",
    "asdf_world",
    "dq_flags",
)
"""Documents beside the products: the declared symbols, keywords and traits, products that are known and have no spec,
data models that identify no product, what headers must say, which steps read which keywords, the sizes of subarrays, groups
of exposure types, where the ASDF tree repeats it, the tags, arrays, values and world coordinates of the tree, and the bits
of data quality."""
PROFILES: Final = "profiles"
"""Folder of the profiles beside the products."""
COLUMNS: Final = "columns"
"""Folder of the column tables beside the products."""

MAX_YAML: Final = 4 * 2**20


class Documents(Protocol):
    """A set of spec documents. ``place`` gives a document's file for error messages."""

    def products(self) -> list[str]:
        """Names of the product documents."""
        ...

    def read(self, name: str) -> Any:
        """Content of a document (``dark``, ``symbols``, ``columns/int_times``); None where there is none."""
        ...

    def place(self, name: str) -> str:
        """Return the file of a document."""
        ...

    def recognise(self) -> dict[str, Any]:
        """Return the ``recognise`` part of every product."""
        ...

    def digest(self) -> str:
        """SHA-256 of all documents, in hexadecimal digits."""
        ...

    def profiles(self) -> list[str]:
        """Names of the profiles."""
        ...


class Folder:
    """YAML files in a folder: ``dark.yaml``, ``symbols.yaml``, ``columns/int_times.yaml``."""

    def __init__(self, path: "str | os.PathLike[str]") -> None:
        # A check from the pack starts without pathlib.
        from pathlib import Path

        self.path = Path(path)
        self._read: dict[str, Any] = {}

    def check(self) -> None:
        """Raise ``SpecError`` where the folder has no spec, or one that would not be read: what is asked for must not be lost."""
        names = [name for place in ("", COLUMNS, PROFILES) for name in self._named(place)]
        if not names:
            below = next((p.parent for p in sorted(self.path.glob("*/*.yaml"))), None)
            hint = f"; the folder {str(below)!r} has some" if below is not None else ""
            raise SpecError(f"no specs (NAME.yaml) in this folder{hint}", str(self.path))
        for name in names:
            if self.read(name) is None:
                raise SpecError("empty", self.place(name))

    def _named(self, place: str) -> Iterator[str]:
        """Names of the documents in a part of the folder, as ``columns/int_times``."""
        folder = self.path / place
        try:
            entries = sorted(os.listdir(folder)) if not place or folder.is_dir() else []
        except OSError as error:
            raise SpecError(f"cannot be listed ({error.strerror})", str(folder)) from None
        for entry in entries:
            name, ending = os.path.splitext(entry)
            if ending.lower() not in {".yaml", ".yml"}:
                continue
            path = folder / entry
            if ending != ".yaml":
                raise SpecError("a spec is named NAME.yaml; this would not be read", str(path))
            if not path.is_file():
                raise SpecError("not a file" if path.exists() else "a link to nothing", str(path))
            yield f"{place}/{name}" if place else name

    def products(self) -> list[str]:
        return sorted(p.stem for p in self.path.glob("*.yaml") if p.stem not in SHARED)

    def files(self) -> list[str]:
        """Names of everything that is read: products, shared documents, column tables, profiles."""
        shared = [name for name in SHARED if (self.path / f"{name}.yaml").is_file()]
        return [*self.products(), *shared, *self.columns(), *self.profiles()]

    def columns(self) -> list[str]:
        """Names of the column tables, as ``columns/int_times``."""
        return sorted(f"{COLUMNS}/{p.stem}" for p in (self.path / COLUMNS).glob("*.yaml"))

    def place(self, name: str) -> str:
        return str(self.path / f"{name}.yaml")

    def read(self, name: str) -> Any:
        if name not in self._read:
            path = self.path / f"{name}.yaml"
            self._read[name] = load_yaml(path) if path.is_file() else None
        return self._read[name]

    def recognise(self) -> dict[str, Any]:
        found = {}
        for name in self.products():
            document = self.read(name)
            if isinstance(document, dict) and "recognise" in document:
                found[str(document.get("product", name))] = document["recognise"]
        return found

    def profiles(self) -> list[str]:
        return sorted(p.stem for p in (self.path / PROFILES).glob("*.yaml"))

    def digest(self) -> str:
        names = sorted(p.relative_to(self.path).with_suffix("").as_posix() for p in self.path.rglob("*.yaml"))
        return _digest((name, msgspec.msgpack.encode(self.read(name))) for name in names)


class Pack:
    """The documents of a wheel, one msgpack file; each document is decoded when it is read."""

    def __init__(self, path: "str | os.PathLike[str]", content: bytes | None = None) -> None:
        self.path = os.fspath(path)
        if content is None:
            with open(path, "rb") as pack:
                content = pack.read()
        self._content = msgspec.msgpack.decode(content, type=PackContent)

    def products(self) -> list[str]:
        return sorted(n for n in self._content.documents if n not in SHARED and "/" not in n)

    def place(self, name: str) -> str:
        return f"{os.path.basename(self.path)}:{name}.yaml"

    def read(self, name: str) -> Any:
        raw = self._content.documents.get(name)
        return None if raw is None else msgspec.msgpack.decode(raw)

    def recognise(self) -> dict[str, Any]:
        return dict(self._content.recognise)

    def profiles(self) -> list[str]:
        return sorted(n.partition("/")[2] for n in self._content.documents if n.startswith(f"{PROFILES}/"))

    def digest(self) -> str:
        return _digest((name, bytes(raw)) for name, raw in sorted(self._content.documents.items()))


class PackContent(msgspec.Struct, frozen=True):
    """Layout of the pack file."""

    recognise: dict[str, Any]
    documents: dict[str, msgspec.Raw]


class Overlay:
    """A team's own documents before the packaged ones."""

    def __init__(self, own: Documents, base: Documents) -> None:
        self._own = own
        self._base = base

    def products(self) -> list[str]:
        return sorted({*self._own.products(), *self._base.products()})

    def place(self, name: str) -> str:
        return self._own.place(name) if self._own.read(name) is not None else self._base.place(name)

    def read(self, name: str) -> Any:
        own, base = self._own.read(name), self._base.read(name)
        if name in SHARED and isinstance(own, dict) and isinstance(base, dict):
            return {**base, **own}
        return base if own is None else own

    def recognise(self) -> dict[str, Any]:
        return {**self._base.recognise(), **self._own.recognise()}

    def profiles(self) -> list[str]:
        return sorted({*self._own.profiles(), *self._base.profiles()})

    def digest(self) -> str:
        return _digest((name, part.digest().encode()) for name, part in (("own", self._own), ("base", self._base)))


def _digest(parts: Iterable[tuple[str, bytes]]) -> str:
    from hashlib import sha256

    digest = sha256()
    for name, content in parts:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def packaged() -> Documents:
    """Return the documents that came with the package: the wheel's pack, also in a zip file, or the folder of a checkout.

    Raises ``SpecError`` where there are none.
    """
    package = os.path.dirname(os.path.dirname(__file__))
    pack = os.path.join(package, PACK)
    if os.path.isfile(pack):
        return Pack(pack)
    folder = os.path.join(os.path.dirname(package), "specs")
    if os.path.isdir(folder):
        return Folder(folder)
    from pkgutil import get_data

    try:
        content = get_data("jwstprod_check", PACK)
    except OSError:
        content = None
    if content is None:
        raise SpecError("the specs that belong to the program are missing; install it again", pack)
    return Pack(pack, content)


def build_pack(folder: "Path") -> bytes:
    """Content of the pack for a folder of specs; raises ``SpecError`` as loading them would."""
    source = Folder(folder)
    profiles = [f"{PROFILES}/{name}" for name in source.profiles()]
    names = [*source.products(), *source.columns(), *profiles, *SHARED]
    raw = {n: msgspec.Raw(msgspec.msgpack.encode(source.read(n))) for n in names}
    return msgspec.msgpack.encode(PackContent(source.recognise(), raw))


def load_yaml(path: "Path") -> Any:
    """Parse a YAML file safely: plain values only, no duplicate keys, no aliases, at most 4 MiB.

    Raises ``SpecError`` with the line for anything else.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SpecError(f"cannot be read ({error.strerror})", str(path)) from None
    if len(text) > MAX_YAML:
        raise SpecError(f"larger than {MAX_YAML} bytes", str(path))
    return parse_yaml(text, str(path))


def parse_yaml(text: bytes, place: str) -> Any:
    """Parse YAML bytes as ``load_yaml`` does."""
    import yaml

    loader_type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader = loader_type(text)
    try:
        node = loader.get_single_node()
        return None if node is None else _construct(node, loader, place, "$", set())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark is not None else "$"
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise SpecError(f"not YAML: {problem}", place, line) from None
    except RecursionError:
        raise SpecError("nested too deeply", place) from None
    finally:
        loader.dispose()


def _construct(node: Any, loader: Any, place: str, where: str, built: set[int]) -> Any:
    """Build the value of a node, rejecting what PyYAML accepts: duplicate keys, and aliases, which repeat a node."""
    if id(node) in built:
        raise SpecError("an alias (*NAME) is not allowed", place, where)
    built.add(id(node))
    if node.id == "mapping":
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if key_node.id == "scalar" else None
            if key is None or key == "<<":
                raise SpecError("a key must be a plain word", place, where)
            if key in result:
                raise SpecError(f"duplicate key {key!r} (line {key_node.start_mark.line + 1})", place, where)
            result[key] = _construct(value_node, loader, place, f"{where}.{key}", built)
        return result
    if node.id == "sequence":
        return [_construct(item, loader, place, f"{where}[{i}]", built) for i, item in enumerate(node.value)]
    try:
        return loader.construct_object(node)
    except ValueError as error:
        # A date of a 13th month, or an integer of more digits than Python reads.
        raise SpecError(f"a value that cannot be read: {error}", place, where) from None
