"""SET: the files of a delivery against its manifest."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from jwstprod_check.delivery.listing import Comparison, Present, leaves
from jwstprod_check.delivery.set_rule import SetProblem, set_rule
from jwstprod_check.text import listed, plural, quoted

if TYPE_CHECKING:
    from jwstprod_check.delivery.manifest import Listed

MAX_NAMED: Final = 1000
"""Files of one kind that have a finding of their own; more are named in one."""


@set_rule("SET040", "listed-file-missing")
def missing(comparison: Comparison) -> Iterator[SetProblem]:
    """Every file of the manifest is in the delivery.

    A manifest (`--manifest`) claims that the delivery is whole. A file that it lists and that is not there was lost on the way, or is
    not written yet.

    How to fix: deliver the file, or remove it from the manifest.
    Source: mast-transfer-tools 1.0.3 (index); RFC 8493, section 3 (complete bags).
    """
    lost = [entry for entry in comparison.inside() if entry.path not in comparison.there]
    for entry in lost[:MAX_NAMED]:
        yield SetProblem(
            f"{quoted(entry.path)} is listed in the manifest and is not there",
            [comparison.place(entry.path)],
            expected="a file",
            found="none",
            hint=f"line {entry.line} of {comparison.manifest.file}",
        )
    yield from _more([comparison.place(entry.path) for entry in lost], "are listed in the manifest and are not there")


@set_rule("SET041", "file-not-listed")
def unlisted(comparison: Comparison) -> Iterator[SetProblem]:
    """Every file of the delivery is in its manifest.

    What is not listed is not transferred by tools that follow the manifest, or is a file that nobody meant to deliver. The manifest
    itself, and in a bag what is outside of `data`, need not be listed.

    How to fix: add the file to the manifest (`jwstprod manifest` writes one), or remove it.
    Source: mast-transfer-tools 1.0.3 (index); RFC 8493, section 3.
    """
    for folder, reason in comparison.closed:
        yield SetProblem(
            f"the folder {quoted(folder)} cannot be listed: {reason}",
            [folder],
            expected="a list of its files",
            found=reason,
        )
    for path in comparison.unlisted[:MAX_NAMED]:
        yield SetProblem(
            f"{quoted(path)} is not listed in the manifest", [comparison.place(path)], expected="an entry", found="none"
        )
    yield from _more(list(map(comparison.place, comparison.unlisted)), "are not listed in the manifest")


@set_rule("SET042", "size-contradicts-manifest")
def size(comparison: Comparison) -> Iterator[SetProblem]:
    """Every file has the size that the manifest states.

    Another size means that the file was truncated on the way, or written again after the manifest.

    How to fix: deliver the file again, or write the manifest again.
    Source: `jwstprod manifest --format json`.
    """
    for entry, there in _pairs(comparison):
        if entry.size is not None and entry.size != there.size:
            yield SetProblem(
                f"{quoted(entry.path)} has {plural(there.size, 'byte')}, the manifest states {entry.size}",
                [comparison.place(entry.path)],
                expected=plural(entry.size, "byte"),
                found=plural(there.size, "byte"),
            )


@set_rule("SET043", "sum-contradicts-manifest")
def sums(comparison: Comparison) -> Iterator[SetProblem]:
    """Every file has the sum that the manifest states.

    Sums are taken of the files as they are stored, while they are checked. A file of another size has another sum, too, and is
    reported once.

    How to fix: deliver the file again, or write the manifest again.
    Source: mast-transfer-tools 1.0.3 (CRC-32 in base64); GNU coreutils (sha256sum); RFC 8493.
    """
    algorithm = comparison.manifest.algorithm
    for entry, there in _pairs(comparison):
        if not entry.digest or (entry.size is not None and entry.size != there.size):
            continue
        if there.trouble or there.digest != entry.digest:
            seen = f"it cannot be read: {there.trouble}" if there.trouble else f"{algorithm} {there.digest}"
            yield SetProblem(
                f"{quoted(entry.path)}: the manifest states {algorithm} {entry.digest}, "
                + (f"and {seen}" if there.trouble else f"the file has {there.digest}"),
                [comparison.place(entry.path)],
                expected=f"{algorithm} {entry.digest}",
                found=seen,
            )


@set_rule("SET044", "product-contradicts-manifest")
def product(comparison: Comparison) -> Iterator[SetProblem]:
    """Every file is the product that the manifest states.

    How to fix: deliver the right file, or correct the manifest.
    Source: `jwstprod manifest --format json`.
    """
    for entry, there in _pairs(comparison):
        if entry.product is not None and there.product is not None and entry.product != there.product:
            yield SetProblem(
                f"{quoted(entry.path)} is {quoted(there.product)}, the manifest states {quoted(entry.product)}",
                [comparison.place(entry.path)],
                expected=quoted(entry.product),
                found=quoted(there.product),
            )


@set_rule("SET045", "listed-twice")
def twice(comparison: Comparison) -> Iterator[SetProblem]:
    """A manifest lists each file once.

    Which of two entries holds is left to chance where their sums differ.

    How to fix: remove one of the entries.
    Source: RFC 8493, section 2.1.3; mast-transfer-tools 1.0.3 accepts such an index.
    """
    counts = Counter(entry.path for entry in comparison.manifest.entries)
    for path, count in counts.items():
        if count > 1:
            lines = [str(entry.line) for entry in comparison.manifest.entries if entry.path == path]
            yield SetProblem(
                f"{quoted(path)} is listed {count} times in the manifest",
                [comparison.place(path)],
                expected="one entry",
                found=f"lines {listed(lines)}",
            )


@set_rule("SET046", "listed-outside")
def outside(comparison: Comparison) -> Iterator[SetProblem]:
    """A manifest lists no file outside of the delivery: no absolute path, none that leads out of the folder.

    Such an entry makes a tool that follows the manifest read or deliver a file that is none of it. It is not opened here.

    How to fix: write paths relative to the folder of the delivery.
    Source: RFC 8493, section 5.2; mast-transfer-tools 1.0.3 reads such files.
    """
    for entry in comparison.manifest.entries:
        if leaves(entry.path):
            yield SetProblem(
                f"{quoted(entry.path)} in the manifest is outside of the delivery",
                [comparison.manifest.file],
                expected="a path below the folder of the delivery",
                found=quoted(entry.path),
                hint=f"line {entry.line} of {comparison.manifest.file}",
            )


@set_rule("SET047", "link-in-delivery")
def links(comparison: Comparison) -> Iterator[SetProblem]:
    """The files of a delivery with a manifest are no symbolic links.

    MAST's uploader does not mention links, and what a link refers to may not be on the other machine.

    How to fix: deliver the file itself.
    Source: mast-transfer-tools 1.0.3 (index); RFC 8493, section 5.2.
    """
    for entry, there in _pairs(comparison):
        if there.link:
            yield SetProblem(
                f"{quoted(entry.path)} is a symbolic link",
                [comparison.place(entry.path)],
                expected="a file",
                found="a link",
            )


RULES = (missing, unlisted, size, sums, product, twice, outside, links)


def _pairs(comparison: Comparison) -> "Iterator[tuple[Listed, Present]]":
    there = comparison.there
    return ((entry, there[entry.path]) for entry in comparison.inside() if entry.path in there)


def _more(paths: list[str], what: str) -> Iterator[SetProblem]:
    if len(paths) > MAX_NAMED:
        yield SetProblem(f"{len(paths) - MAX_NAMED} more files {what}", paths[MAX_NAMED:])
