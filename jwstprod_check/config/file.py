"""The config file: ``jwstprod.toml``, or the table ``[tool.jwstprod]`` of a pyproject.toml.

It is typed; an unknown key is an error that names the nearest known one. ``jwstprod config schema`` prints its JSON Schema.
"""

import os
import re
from collections.abc import Iterator
from datetime import date
from stat import S_ISREG
from typing import Annotated, Any, Final

import msgspec

from jwstprod_check.config.globs import Globs, check_globs
from jwstprod_check.config.options import PathOptions, Severities
from jwstprod_check.findings import Severity
from jwstprod_check.text import printable

OWN_NAME: Final = "jwstprod.toml"
PROJECT: Final = "pyproject.toml"
MAX_BYTES: Final = 4 << 20

Text = Annotated[str, msgspec.Meta(min_length=1, pattern=r"\S")]
Patterns = Annotated[list[Text], msgspec.Meta(description="Patterns as in a .gitignore file.")]


class ConfigError(Exception):
    """A config file that cannot be used: ``reason at file:key``."""

    def __init__(self, reason: str, file: str, key: str = "") -> None:
        super().__init__(f"{printable(reason)} at {printable(file)}" + (f":{printable(key)}" if key else ""))


class IgnoreDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Findings that are known and do not count: of which rule, why, in which files, and until which date."""

    code: Text
    reason: Text
    paths: Patterns | None = None
    until: date | None = None


class OverrideDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Options of the files that patterns match; of several sections that match a file the last one counts."""

    paths: Patterns
    ignore: list[IgnoreDocument] = []
    exclude: Patterns = []
    severity: dict[str, Severity] = {}
    fail_on: Severity | None = None
    profile: Text | None = None
    product: Text | None = None
    specs: Text | None = None
    skip_unknown: bool | None = None


class ConfigDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The config of jwstprod: what the options of the command line state otherwise, which win."""

    select: list[Text] = []
    ignore: list[IgnoreDocument] = []
    exclude: Patterns = []
    severity: dict[str, Severity] = {}
    fail_on: Severity | None = None
    profile: Text | None = None
    product: Text | None = None
    specs: Text | None = None
    skip_unknown: bool = False
    docs_url: Text | None = None
    overrides: list[OverrideDocument] = []


class Ignore(msgspec.Struct, frozen=True):
    """An ignore of the config file: ``key`` is its place there, ``where`` the patterns that all must match a path."""

    key: str
    code: str
    reason: str
    where: tuple[Globs, ...] = ()
    until: date | None = None

    def expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.until is not None and self.until < today

    def holds(self, path: str) -> bool:
        """Whether it is for a path."""
        return all(globs.match(path) for globs in self.where)


class Config(msgspec.Struct, frozen=True):
    """A config file that has been read: its path, as it was found, and what it contains."""

    path: str
    document: ConfigDocument

    @property
    def folder(self) -> str:
        """The folder that patterns and paths are relative to."""
        return os.path.dirname(os.path.abspath(self.path))

    def ignores(self) -> tuple[Ignore, ...]:
        """All ignores, those of sections limited to the files of the section."""
        found = [self._ignore(f"ignore[{n}]", one, ()) for n, one in enumerate(self.document.ignore)]
        for number, section in enumerate(self.document.overrides):
            where = (self._globs(section.paths),)
            found += [
                self._ignore(f"overrides[{number}].ignore[{n}]", one, where) for n, one in enumerate(section.ignore)
            ]
        return tuple(found)

    def sections(self) -> list[Globs]:
        """The patterns of each section."""
        return [self._globs(section.paths) for section in self.document.overrides]

    def _ignore(self, key: str, one: IgnoreDocument, where: tuple[Globs, ...]) -> Ignore:
        own = () if one.paths is None else (self._globs(one.paths),)
        return Ignore(key, one.code, one.reason, (*where, *own), one.until)

    def _globs(self, patterns: list[str]) -> Globs:
        return Globs(self.folder, tuple(patterns))

    def by_path(self, today: date) -> tuple[PathOptions, ...]:
        """Return what the file states for files by their path, in its order."""
        source = os.path.basename(self.path)
        found = [PathOptions(source, exclude=self._globs(self.document.exclude))] if self.document.exclude else []
        found += [
            PathOptions(
                source,
                (self._globs(section.paths),),
                self._globs(section.exclude) if section.exclude else None,
                section.product,
                section.profile,
                self.beside(section.specs),
                section.fail_on,
                section.skip_unknown,
                severity=in_rank(section.severity),
            )
            for section in self.document.overrides
        ]
        found += [
            PathOptions(source, ignore.where, known=(ignore.code,))
            for ignore in self.ignores()
            if ignore.where and not ignore.expired(today)
        ]
        return tuple(found)

    def known(self, today: date) -> tuple[str, ...]:
        """Codes, names and families of the ignores that are for all files and have not expired."""
        return tuple(one.code for one in self.ignores() if not one.where and not one.expired(today))

    def beside(self, path: str | None) -> str | None:
        """Return a path of the file, which is relative to the folder of the file."""
        return None if path is None else os.path.join(self.folder, path)

    def codes(self) -> Iterator[tuple[str, str]]:
        """Return each code, name or family, with the key that has it."""
        for number, code in enumerate(self.document.select):
            yield code, f"select[{number}]"
        for ignore in self.ignores():
            yield ignore.code, f"{ignore.key}.code"
        for code in self.document.severity:
            yield code, f"severity.{code}"
        for number, section in enumerate(self.document.overrides):
            for code in section.severity:
                yield code, f"overrides[{number}].severity.{code}"


def in_rank(severity: dict[str, Severity]) -> Severities:
    """Return severities with those of families first, so that one of a rule counts before that of its family."""
    return tuple(sorted(severity.items(), key=lambda pair: not pair[0].isalpha()))


def find(target: str) -> Config | None:
    """Return the config that holds for a path: the nearest in its folder or one above, None without one.

    Raises ``ConfigError``.
    """
    folder = os.path.abspath(target)
    while True:
        for name in (OWN_NAME, PROJECT):
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                found = _load(path, required=name == OWN_NAME)
                if found is not None:
                    return found
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def load(path: str) -> Config:
    """Return the config of a file that the user named. Raises ``ConfigError``."""
    found = _load(path, required=True)
    if found is None:
        raise ConfigError("this file has no table [tool.jwstprod]", _shown(path))
    return found


def _load(path: str, *, required: bool) -> Config | None:
    shown = _shown(path)
    try:
        # A pipe would be waited for.
        if not S_ISREG(os.stat(path).st_mode):
            raise ConfigError("not a regular file", shown)
        with open(path, "rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(error.strerror or str(error), shown) from None
    project = os.path.basename(path) == PROJECT
    # The parser is imported where there is something to parse.
    if project and not required and b"jwstprod" not in raw:
        return None
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"this file has more than {MAX_BYTES} bytes", shown)
    import tomllib

    try:
        content: Any = tomllib.loads(raw.decode())
    except UnicodeDecodeError:
        raise ConfigError("this file is not UTF-8", shown) from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"this file is not TOML: {error}", shown) from None
    prefix = ""
    if project:
        tools = content.get("tool", {})
        if not isinstance(tools, dict) or "jwstprod" not in tools:
            return None
        content, prefix = tools["jwstprod"], "tool.jwstprod"
    document = _converted(content, shown, prefix)
    config = Config(shown, document)
    _check_globs(config, prefix)
    return config


def _shown(path: str) -> str:
    """Return a path relative to the current folder where it is below it."""
    here = os.getcwd()
    whole = os.path.abspath(path)
    return whole[len(here) + 1 :] if whole.startswith(here + os.sep) else whole


def _converted(content: object, file: str, prefix: str) -> ConfigDocument:
    try:
        return msgspec.convert(content, ConfigDocument)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `")
        key = where.removesuffix("`").removeprefix("$").removeprefix(".")
        unknown = re.fullmatch(r"Object contains unknown field `(.*)`", reason, re.DOTALL)
        if unknown:
            reason = f"unknown key {unknown[1]!r}{_near(unknown[1], key)}"
            key = f"{key}.{unknown[1]}" if key else unknown[1]
        missing = re.fullmatch(r"Object missing required field `(.*)`", reason)
        if missing:
            reason = f"the key {missing[1]!r} is missing"
        raise ConfigError(reason, file, ".".join(part for part in (prefix, key) if part)) from None


def _near(name: str, key: str) -> str:
    """``; did you mean 'fail-on'?``, or the keys that there are."""
    from difflib import get_close_matches

    last = re.sub(r"\[.*?\]", "", key).rpartition(".")[2]
    kinds: dict[str, type[msgspec.Struct]] = {"ignore": IgnoreDocument, "overrides": OverrideDocument}
    kind = kinds.get(last, ConfigDocument)
    names = [field.encode_name for field in msgspec.structs.fields(kind)]
    near = get_close_matches(name.replace("_", "-").lower(), names, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; the keys are {', '.join(names)}"


def _check_globs(config: Config, prefix: str) -> None:
    document = config.document
    groups = [("exclude", document.exclude)]
    groups += [(f"ignore[{n}].paths", one.paths or []) for n, one in enumerate(document.ignore)]
    for place, section in enumerate(document.overrides):
        at = f"overrides[{place}]"
        groups += [(f"{at}.paths", section.paths), (f"{at}.exclude", section.exclude)]
        groups += [(f"{at}.ignore[{n}].paths", one.paths or []) for n, one in enumerate(section.ignore)]
    for key, patterns in groups:
        wrong = check_globs(patterns)
        if wrong is not None:
            number, reason = wrong
            raise ConfigError(reason, config.path, ".".join(p for p in (prefix, f"{key}[{number}]") if p))


def schema() -> str:
    """Return the JSON Schema of a config file, which editors check it by."""
    made = msgspec.json.schema(ConfigDocument)
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Config of jwstprod", **made}
    return msgspec.json.format(msgspec.json.encode(made, order="sorted"), indent=2).decode() + "\n"
