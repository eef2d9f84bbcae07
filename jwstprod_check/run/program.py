"""What a report was made with: the version and the modules of the program, and the specs.

Reports of different programs are never mixed: not in a cluster of many machines, not in a run that goes on, not in a cache.
"""

import os
from functools import lru_cache

import msgspec

from jwstprod_check import __version__
from jwstprod_check.config import Options


class Program(msgspec.Struct, frozen=True):
    """What makes reports. ``code`` is the digest of the modules, which change more often than ``version`` does.

    ``specs`` are the folders of specs that the options name, '' for the specs of the package alone, each with its digest.
    """

    version: str
    code: str
    specs: tuple[tuple[str, str], ...]


def program_for(options: Options, specs: str | None) -> Program:
    """Return the program as it is here. Raises ``SpecError`` where specs cannot be used."""
    return program_of(folders(options, specs))


def program_of(folders: tuple[str, ...]) -> Program:
    """Return the program as it is here, with some folders of specs; one that is not there has the digest ''."""
    digests = tuple((f, specs_digest(f) if not f or os.path.isdir(f) else "") for f in folders)
    return Program(__version__, code_digest(), digests)


def folders(options: Options, specs: str | None) -> tuple[str, ...]:
    """Return the folders of specs that options name; '' is that of the package."""
    named = (specs, *(one.specs for one in options.by_path if one.specs is not None))
    return tuple(dict.fromkeys(os.path.abspath(folder) if folder else "" for folder in named))


def difference(here: Program, there: Program) -> str:
    """Return what differs, '' where nothing does; ``there`` is what a report was, or would be, made with."""
    if here.version != there.version:
        return f"version {there.version} of jwstprod, here it is {here.version}"
    if here.code != there.code:
        return f"other modules of jwstprod {there.version}"
    before = dict(there.specs)
    for folder, digest in here.specs:
        if before.get(folder) != digest:
            return f"other specs in {folder}" if folder else "other specs"
    return "other folders of specs" if here.specs != there.specs else ""


def specs_digest(folder: str) -> str:
    """Return the digest of the specs in use. Raises ``SpecError``."""
    from jwstprod_check.spec.catalogue import catalogue

    return catalogue(folder or None).documents.digest()


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Return the digest of the modules of the package, '' where they are no files."""
    from hashlib import sha256

    digest = sha256()
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    modules = sorted(
        os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names if name.endswith(".py")
    )
    for path in modules:
        with open(path, "rb") as stream:
            content = stream.read()
        digest.update(f"{os.path.relpath(path, root).replace(os.sep, '/')}\0{len(content)}\0".encode() + content)
    return digest.hexdigest() if modules else ""
