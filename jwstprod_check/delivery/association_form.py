"""SET: association files by themselves."""

from collections import Counter
from collections.abc import Iterator

from jwstprod_check.delivery.association_words import (
    CATALOGUES,
    DEGRADED,
    GRISM,
    GRISM_RELEASES,
    KINDS,
    PARTS,
    SEVERAL,
    SUFFIXES,
    USER_BUILT,
)
from jwstprod_check.delivery.associations import (
    NAME,
    Association,
    AssociationProduct,
    Files,
    Member,
    exposure_of,
    is_empty,
    version,
    without_suffix,
)
from jwstprod_check.delivery.set_rule import Entry, SetProblem, set_rule
from jwstprod_check.findings import Severity
from jwstprod_check.near import nearest
from jwstprod_check.text import listed, plural, quoted


@set_rule("SET010", "association-unreadable")
def unreadable(asn: Association, files: Files) -> Iterator[SetProblem]:
    """An association file is JSON with products, each of which has members with a name and a part.

    The pipeline stops at anything else. Releases up to jwst 3.0.0 take a comma before a closing bracket; later ones do not.

    How to fix: correct the file, or make it again with `asn_generate` or `asn_from_list`.
    Source: jwst 3.0.0, asn_schema_jw_level2b and asn_schema_jw_level3; jwst pull request 10684.
    """
    del files
    if asn.fault:
        yield SetProblem(
            f"{asn.base} cannot be read: {asn.fault}", [asn.path], expected="an association", found=asn.fault
        )
    elif not asn.products:
        yield SetProblem(f"{asn.base} has no products", [asn.path], expected="a product", found="none")
    for product in asn.products:
        if not product.members:
            name = f"the product {quoted(product.name)}" if product.name else "a product"
            yield SetProblem(f"{name} of {asn.base} has no members", [asn.path], expected="a member", found="none")
        nameless = sum(is_empty(member.expname) for member in product.members)
        if nameless:
            yield SetProblem(
                f"{plural(nameless, 'member')} of {asn.base} without a name", [asn.path], expected="expname"
            )


@set_rule("SET012", "member-twice")
def twice(asn: Association, files: Files) -> Iterator[SetProblem]:
    """A product of an association lists each file once.

    A file that is listed twice counts twice where exposures are combined. In two parts it is a warning: a list that was made by hand may
    use one exposure as science and as background of itself. The same exposure as two products (`_cal` as science and `_x1d` as
    background) is right.

    How to fix: remove one of the members.
    Source: jwst 3.0.0, rules_level2_base (make_nod_asns) and rules_level3_base (make_fixedslit_bkg).
    """
    del files
    for product in asn.products:
        parts: dict[str, list[str]] = {}
        for member in product.members:
            parts.setdefault(member.base.lower(), []).append(member.part)
        for name, played in parts.items():
            if len(played) > 1:
                same = max(Counter(played).values()) > 1
                yield SetProblem(
                    f"{asn.base} lists {quoted(name)} {len(played)} times"
                    + ("" if same else f" in one product, as {listed(played)}"),
                    [asn.path],
                    expected="one member",
                    found=listed(played),
                    severity=None if same else Severity.WARNING,
                )


@set_rule("SET013", "science-members")
def science(asn: Association, files: Files) -> Iterator[SetProblem]:
    """Every product of an association has a science member, one of stage 2 exactly one.

    Without it there is nothing to calibrate; of several the pipelines of stage 2 take the first and warn.

    How to fix: give the members their parts (`exptype`), or split the product.
    Source: jwst 3.0.0, pipeline/calwebb_image2.py and calwebb_spec2.py.
    """
    del files
    for product in asn.products:
        count = sum(member.part == "science" for member in product.members)
        if product.members and (not count or (count > 1 and asn.level == 2)):
            yield SetProblem(
                f"{_called(product)} of {asn.base} has {plural(count, 'science member')}",
                [asn.path],
                expected="one" if asn.level == 2 else "one or more",
                found=str(count),
            )


@set_rule("SET014", "member-of-another-product")
def suffixes(asn: Association, files: Files) -> Iterator[SetProblem]:
    """The members of an association are the products that its pipeline reads.

    Stage 2 reads slopes (`_rate`, `_rateints`), stage 3 calibrated exposures (`_cal`, `_calints`) or spectra. A time series is
    `_rateints` and `_calints`: of its averages (`_rate`, TSOVISIT = T) no light curve can be made. Grism spectra of a whole
    field (WFSS) are combined from `_cal` up to jwst 3.0.0 and from `_x1d` since 3.1, by the later of the releases of the
    association (code_version) and of the member (CAL_VER); of a member that is not in the set either is taken.

    How to fix: list the product of the right stage.
    Source: jwst documentation, pipeline/calwebb_*.rst and data_products/product_types.rst; jwst pull request 10600.
    """
    for product in asn.products:
        for member in product.members:
            entry = files.find(member)
            wanted = _suffixes(asn, member, entry)
            series = entry is not None and entry.value("TSOVISIT") is True and asn.kind.startswith("tso")
            averaged = series and member.part == "science" and not member.suffix.endswith("ints")
            if wanted is not None and not is_empty(member.expname) and (member.suffix not in wanted or averaged):
                words = sorted(suffix for suffix in wanted if not series or suffix.endswith("ints")) or sorted(wanted)
                yield SetProblem(
                    f"{asn.base} ({asn.kind}) lists {quoted(member.base)} as {member.part}",
                    [asn.path],
                    expected=" or ".join(f"_{word}" for word in words),
                    found=f"_{member.suffix}",
                )


def _suffixes(asn: Association, member: Member, entry: Entry | None) -> frozenset[str] | None:
    """Suffixes of the files that may play the part of a member; None where any may."""
    listed_ones = SUFFIXES.get(asn.kind, {}).get(member.part)
    if listed_ones is None or entry is None or (asn.kind, member.part) != ("spec3", "science"):
        return listed_ones
    exposure = entry.value("EXP_TYPE")
    if not isinstance(exposure, str) or is_empty(exposure):
        return listed_ones
    last, first = GRISM_RELEASES
    release = max(version(asn.value("code_version")), version(entry.value("CAL_VER")))
    if exposure in GRISM and release >= first:
        return frozenset({"x1d"})
    return frozenset({"cal"}) if exposure not in GRISM or () < release <= last else listed_ones


@set_rule("SET018", "association-name")
def name(asn: Association, files: Files) -> Iterator[SetProblem]:
    """The name of an association file states its program, candidate, type and version as its content does.

    Archives and pipelines find associations by their names. Names of another form are free.

    How to fix: rename the file, or correct the content.
    Source: jwst 3.0.0, associations/lib/dms_base.py; jwst documentation, associations/jwst_conventions.rst.
    """
    del files
    found = NAME.fullmatch(asn.base.lower())
    if found is None:
        return
    pairs = (("program", "program"), ("candidate", "asn_id"), ("kind", "asn_type"), ("stamp", "version_id"))
    for part, key in pairs:
        stated, content = found[part], asn.value(key)
        if stated is None or content is None or content.lower() in (USER_BUILT, "noprogram"):
            continue
        content = content.lower().rjust(5, "0") if key == "program" else content.lower()
        if content != stated:
            yield SetProblem(
                f"the name of {asn.base} has {quoted(stated)}, its {key} is {quoted(content)}",
                [asn.path],
                expected=quoted(stated),
                found=quoted(content),
            )


@set_rule("SET020", "association-doubtful", Severity.WARNING)
def doubtful(asn: Association, files: Files) -> Iterator[SetProblem]:
    """The words of an association are those that the pipelines know, and its fields agree.

    A member is named without a folder, a product has a name, types and parts are known ones, and degraded_status reports an error
    of an exposure (exposerr) if there is one. A candidate of a group or a background has members of more than one observation.
    Catalogue, segments and direct image of a grism exposure come from one product and share its name.

    How to fix: correct the field, or make the association again.
    Source: jwst 3.0.0, associations (association.py, rules_level2_base, rules_level3_base).
    """
    del files
    for text, expected, found in (*_words(asn), *_degraded(asn), *_observations(asn), *_roots(asn)):
        yield SetProblem(f"{asn.base}: {text}", [asn.path], expected=expected, found=found)


RULES = (unreadable, twice, science, suffixes, name, doubtful)

Doubt = tuple[str, str | None, str | None]


def _called(product: AssociationProduct) -> str:
    return f"the product {quoted(product.name)}" if product.name else "a product"


def _words(asn: Association) -> Iterator[Doubt]:
    named = NAME.fullmatch(asn.base.lower())
    # Where the name states another type, that is the defect.
    if asn.kind and asn.kind not in KINDS and (named is None or named["kind"] == asn.kind):
        near = nearest(asn.kind, KINDS, 0.75)
        yield f"the type {quoted(asn.kind)} is not known", near or listed(sorted(KINDS)), quoted(asn.kind)
    for product in asn.products:
        if product.name is not None and (product.name.lower() == "undefined" or is_empty(product.name)):
            yield "a product has no name", "a name", quoted(product.name)
        folders = [member.expname for member in product.members if member.base != member.expname]
        if folders:
            yield f"a member is named with a folder: {quoted(folders[0])}", "a name", quoted(folders[0])
        for part in sorted({member.part for member in product.members} - PARTS):
            yield f"the part {quoted(part)} is not known", nearest(part, PARTS, 0.75), quoted(part)


def _degraded(asn: Association) -> Iterator[Doubt]:
    status = asn.value("degraded_status")
    wrong = [m.base for product in asn.products for m in product.members if not is_empty(m.exposerr)]
    if status is not None and status.startswith(DEGRADED) == bool(wrong):
        text = f"{quoted(wrong[0])} has an exposerr" if wrong else "no member has an exposerr"
        yield f"{text}, degraded_status is {quoted(status)}", None, quoted(status)


def _observations(asn: Association) -> Iterator[Doubt]:
    candidate = (asn.value("asn_id") or "").lower()
    if not candidate.startswith(SEVERAL):
        return
    members = [m for product in asn.products for m in product.members]
    exposures = {
        exposure_of(m.stem)[7:10] for m in members if m.part in ("science", "background") and exposure_of(m.stem)
    }
    if len(exposures) == 1:
        yield f"the candidate {candidate} (a group) has members of one observation", "several", exposures.pop()


def _roots(asn: Association) -> Iterator[Doubt]:
    for product in asn.products:
        roots = sorted({without_suffix(m.stem) for m in product.members if m.part in CATALOGUES})
        if len(roots) > 1:
            yield (
                "catalogue, segments and direct image are of different products",
                "one name",
                listed(map(quoted, roots)),
            )
