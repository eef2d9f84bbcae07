"""The options of a check, of all files and of those that patterns of a config file match."""

from functools import lru_cache

import msgspec

from jwstprod_check.config.globs import Globs
from jwstprod_check.findings import Severity

Severities = tuple[tuple[str, Severity], ...]
"""Severities by code, name or family, in place of those of the rules; of several that name a rule the last counts."""


class PathOptions(msgspec.Struct, frozen=True):
    """Options of the files that all of ``where`` match; None leaves an option as it is.

    ``source`` is the name of the config file. ``exclude`` leaves files out; ``known`` and ``severity`` are added to those that
    hold for all files.
    """

    source: str
    where: tuple[Globs, ...] = ()
    exclude: Globs | None = None
    product: str | None = None
    profile: str | None = None
    specs: str | None = None
    fail_on: Severity | None = None
    skip_unknown: bool | None = None
    known: tuple[str, ...] = ()
    severity: Severities = ()

    def holds(self, path: str) -> bool:
        """Whether the options are for a path."""
        return all(globs.match(path) for globs in self.where)

    def excluded(self, path: str) -> str:
        """Return why a file is left out, '' for one that is not."""
        pattern = "" if self.exclude is None else self.exclude.match(path)
        return f"exclude {pattern} of {self.source}" if pattern else ""


class Options(msgspec.Struct, frozen=True):
    """The choices of a check. ``select`` and ``ignore`` are codes, names or families; empty ``select`` means all.

    ``product`` is what the user says the file is, ``profile`` the name of a profile that it is checked against as well.
    ``fail_on`` is the lowest severity that makes a file nonconforming; ``skip_unknown`` leaves out files of no known product,
    ``exclude`` those whose path or name one of the patterns matches.
    ``delivery`` asks for what the rules across files need, ``complete`` says that the set claims to be whole.
    ``digest`` is the algorithm by which whole files are summed as they are stored, '' for none.
    ``table`` asks for what the table of a file is drawn from, which only a terminal shows; ``thumbnails`` for small pictures of
    its images, where its data are read.
    ``known`` are codes, names or families whose findings do not count: they keep no other rule from running.
    ``by_path`` are the options of some files, later ones before earlier ones.
    """

    strict: bool = False
    data: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    product: str | None = None
    profile: str | None = None
    table: bool = True
    fail_on: Severity = Severity.ERROR
    skip_unknown: bool = False
    exclude: tuple[str, ...] = ()
    delivery: bool = False
    complete: bool = False
    severity: Severities = ()
    known: tuple[str, ...] = ()
    by_path: tuple[PathOptions, ...] = ()
    digest: str = ""
    thumbnails: bool = False


class ForPath(msgspec.Struct, frozen=True):
    """The options of one file; ``left_out`` is why it is not to be judged, '' for a file that is."""

    options: Options
    specs: str | None
    left_out: str = ""


def for_path(path: str, options: Options, specs: str | None) -> ForPath:
    """Return the options of a file, those of its path included."""
    holding = tuple(one for one in options.by_path if one.holds(path))
    reason = next((reason for one in holding if (reason := one.excluded(path))), "")
    return ForPath(*_joined(options, specs, holding), reason)


@lru_cache(maxsize=64)
def _joined(options: Options, specs: str | None, holding: tuple[PathOptions, ...]) -> tuple[Options, str | None]:
    changes: dict[str, object] = {"by_path": ()}
    for one in holding:
        for name in ("product", "profile", "fail_on", "skip_unknown"):
            value = getattr(one, name)
            if value is not None:
                changes[name] = value
        specs = specs if one.specs is None else one.specs
    known = (code for one in holding for code in one.known)
    severity = (pair for one in holding for pair in one.severity)
    changes["known"] = tuple(dict.fromkeys((*options.known, *known)))
    changes["severity"] = (*options.severity, *severity)
    return msgspec.structs.replace(options, **changes), specs
