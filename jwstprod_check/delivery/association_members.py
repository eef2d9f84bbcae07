"""SET: association files and the files that they list or that name them."""

from collections.abc import Iterator

from jwstprod_check.delivery.association_words import CATALOGUES
from jwstprod_check.delivery.associations import (
    SOURCE,
    Association,
    Files,
    after,
    exposure_of,
    is_empty,
    stem_of,
    version,
    without_suffix,
)
from jwstprod_check.delivery.set_rule import Entry, SetProblem, set_rule
from jwstprod_check.findings import Severity
from jwstprod_check.text import listed, quoted


@set_rule("SET011", "member-missing")
def missing(asn: Association, files: Files) -> Iterator[SetProblem]:
    """The members of an association are in a set that claims to be whole (`--complete`, `--manifest`).

    Catalogue, segments and direct image of a grism exposure come from stage 3 and need not be delivered with stage 2.

    How to fix: deliver the file, or remove it from the association.
    Source: jwst documentation, associations/overview.rst.
    """
    lost = [
        member.base
        for product in asn.products
        for member in product.members
        if not is_empty(member.expname) and member.part not in CATALOGUES and not files.has(member)
    ]
    if files.whole and lost:
        yield SetProblem(
            f"{asn.base} lists {listed(map(quoted, lost), 5)}, which the set does not have",
            [asn.path],
            expected=listed(map(quoted, lost), 10),
            found="missing",
        )


@set_rule("SET015", "members-contradict")
def agree(asn: Association, files: Files) -> Iterator[SetProblem]:
    """The members of a product of stage 3 are of one program and one instrument.

    How to fix: remove the members that are of another, or correct their keywords.
    Source: jwst 3.0.0, associations/lib/rules_level3_base.py (Constraint_Base).
    """
    if asn.level != 3:
        return
    for entries in _present(asn, files):
        for keyword in ("PROGRAM", "INSTRUME"):
            yield from _mixed(asn, files.agreeing(entries, keyword), keyword, None)


@set_rule("SET016", "product-name-of-another-association")
def product_names(asn: Association, files: Files) -> Iterator[SetProblem]:
    """A combined product that states an association in ASNTABLE has the name of a product of it.

    Its name is that of the product in the association, with a suffix. The pipeline fills in the number of a source for
    `{source_id}`.

    How to fix: rename the product, or make it again with its association.
    Source: jwst 3.0.0, associations/lib/dms_base.py; stpipe (names of products).
    """
    combined = [entry for entry in files.made_by(asn) if not exposure_of(_stem(entry))]
    names = [product.name for product in asn.products if product.name and not is_empty(product.name)]
    for entry in combined if names else ():
        stem = _stem(entry)
        if any(_begins(stem, name) for name in names):
            continue
        stated = listed(quoted(product.name) for product in asn.products if product.name)
        yield SetProblem(
            f"{stem} states ASNTABLE = {quoted(asn.base)}, whose product is {stated}",
            [entry.path, asn.path],
            keyword="ASNTABLE",
            expected=stated.replace(SOURCE, "NUMBER"),
            found=quoted(stem),
        )


@set_rule("SET017", "exposure-not-in-association")
def exposures(asn: Association, files: Files) -> Iterator[SetProblem]:
    """A product of an exposure that states an association in ASNTABLE is of a member of it, and both state one pool.

    How to fix: make the product again with its association, or correct ASNTABLE and ASNPOOL.
    Source: jwst 3.0.0, datamodels/container.py and library.py.
    """
    if asn.fault:
        return
    members = {exposure_of(m.stem) or without_suffix(m.stem) for product in asn.products for m in product.members}
    pool = asn.value("asn_pool")
    for entry in files.made_by(asn):
        stem = _stem(entry)
        exposure = exposure_of(stem)
        if exposure and exposure not in members:
            yield SetProblem(
                f"{stem} states ASNTABLE = {quoted(asn.base)}, which does not list its exposure",
                [entry.path, asn.path],
                keyword="ASNTABLE",
                expected=f"a member {quoted(exposure)}",
                found="none",
            )
        stated = entry.value("ASNPOOL")
        if pool is not None and isinstance(stated, str) and not is_empty(stated) and _pool(stated) != _pool(pool):
            yield SetProblem(
                f"{stem} states ASNPOOL = {quoted(stated)}, its association {asn.base} the pool {quoted(pool)}",
                [entry.path, asn.path],
                keyword="ASNPOOL",
                expected=quoted(pool),
                found=quoted(stated),
            )


@set_rule("SET019", "segments-not-in-association")
def segments(asn: Association, files: Files) -> Iterator[SetProblem]:
    """An association of stage 3 lists all segments of an exposure, 1 to EXSEGTOT.

    Without one the light curve has a gap. How many there are is stated by the members that are in the set.

    How to fix: add the missing segments to the association.
    Source: jwst documentation, data_products/file_naming.rst (segmented products).
    """
    for product in asn.products if asn.level == 3 else ():
        groups: dict[tuple[str, str, str], dict[int, Entry | None]] = {}
        for member in product.members:
            exposure = exposure_of(member.stem)
            whole, mark, rest = exposure.partition("-seg")
            if mark:
                key = (whole + rest[3:], member.suffix, member.part)
                groups.setdefault(key, {})[int(rest[:3])] = files.find(member)
        for (exposure, suffix, _), parts in groups.items():
            total = max((entry.number("EXSEGTOT") or 0 for entry in parts.values() if entry is not None), default=0)
            lost = [number for number in range(1, min(total, 999) + 1) if number not in parts]
            if lost:
                yield SetProblem(
                    f"{asn.base} lists segments {listed(map(str, sorted(parts)))} of {exposure}_{suffix}, EXSEGTOT is {total}",
                    [asn.path, *(entry.path for entry in parts.values() if entry is not None)],
                    keyword="EXSEGTOT",
                    expected=f"segments 1 to {total}",
                    found=listed(map(str, sorted(parts))),
                )


@set_rule("SET021", "members-of-different-versions", Severity.WARNING)
def versions(asn: Association, files: Files) -> Iterator[SetProblem]:
    """The members of a product were made by one release of the pipeline, with one context of reference files.

    How to fix: make all members again with one release and one context.
    Source: keywords CAL_VER and CRDS_CTX (stdatamodels 6.0.0, core.schema.yaml).
    """
    for entries in _present(asn, files):
        # Files of one exposure are compared by SET004.
        if len({entry.identity.exposure for entry in entries}) > 1:
            for keyword in ("CAL_VER", "CRDS_CTX"):
                yield from _mixed(asn, files.agreeing(entries, keyword), keyword, Severity.WARNING)


@set_rule("SET022", "association-newer-than-product", Severity.WARNING)
def newer(asn: Association, files: Files) -> Iterator[SetProblem]:
    """An association was not written by a later release than that of the products that state it.

    How to fix: nothing where the products were made before; otherwise make them again.
    Source: jwst 3.0.0, associations (code_version); keyword CAL_VER.
    """
    written = version(asn.value("code_version"))
    made_by = files.agreeing(files.made_by(asn), "CAL_VER")
    late = [entry for entry in made_by if written > version(entry.value("CAL_VER")) > ()]
    if late:
        code, made = asn.value("code_version") or "", str(late[0].value("CAL_VER"))
        yield SetProblem(
            f"{asn.base} was written by jwst {code}, {_stem(late[0])} was made with {made}",
            [asn.path, *(entry.path for entry in late)],
            keyword="CAL_VER",
            expected=f"{code} or later",
            found=made,
        )


RULES = (missing, agree, product_names, exposures, segments, versions, newer)


def _present(asn: Association, files: Files) -> Iterator[list[Entry]]:
    """Members of each product that are in the set."""
    for product in asn.products:
        yield [entry for member in product.members if (entry := files.find(member)) is not None]


def _mixed(asn: Association, entries: list[Entry], keyword: str, severity: Severity | None) -> Iterator[SetProblem]:
    stated = sorted({str(v) for entry in entries if not is_empty(v := entry.value(keyword))})
    if len(stated) > 1:
        values = listed(map(quoted, stated))
        yield SetProblem(
            f"the members of {asn.base} have different {keyword}: {values}",
            [asn.path, *(entry.path for entry in entries)],
            keyword=keyword,
            expected=f"one {keyword}",
            found=values,
            severity=severity,
        )


def _stem(entry: Entry) -> str:
    return stem_of(entry.path.replace("\\", "/").rpartition("/")[2])


def _begins(stem: str, name: str) -> bool:
    """Whether a stem is the name of a product, or goes on with the underscore before a suffix."""
    end = after(name, stem)
    return end == len(stem) or (end > 0 and stem[end] == "_")


def _pool(name: str) -> str:
    return name.lower().removesuffix(".csv")
