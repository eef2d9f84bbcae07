"""KEY: legal values that no reader can use, and positions that lie outside what they describe."""

import re
from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.keywords.pairs import contradiction
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import quoted

_CORONAGRAPHIC: Final = frozenset({"MIR_4QPM", "MIR_LYOT", "NRC_CORON"})
_TABLE: Final = "MOVING_TARGET_POSITION"


@rule("KEY075", "moving-target-table", Severity.WARNING)
def moving(context: Context) -> Iterator[Outcome]:
    """MOVING_TARGET_POSITION has rows if and only if TARGTYPE is MOVING.

    The pipeline treats a target as moving by TARGTYPE and takes its positions from the table: without rows it cannot
    compute the pointing of a moving target, and with TARGTYPE = FIXED it ignores the rows. A missing table is reported
    in products up to the ramp, from which the pointing is computed.

    How to fix: correct TARGTYPE, or write the table.
    Source: jwst 3.0.0, lib/set_telescope_pointing.py and assign_mtwcs; stdatamodels 6.0.0, level1b.schema.yaml.
    """
    said = context.primary.string("TARGTYPE")
    tables = [hdu for hdu in context.file.named(_TABLE) if hdu.type == "BINTABLE"]
    rows = any(hdu.rows for hdu in tables)
    if said == "MOVING" and not rows and (tables or context.has_trait("ramp")):
        what = f"{_TABLE} has no rows" if tables else f"{_TABLE} is missing"
        yield contradiction(context, "TARGTYPE", f"TARGTYPE is 'MOVING', but {what}", f"rows in {_TABLE}")
    elif rows and said not in ("MOVING", None):
        text = f"{_TABLE} has {tables[0].rows} rows, but TARGTYPE is {quoted(said)}"
        yield contradiction(context, "TARGTYPE", text, "'MOVING'")


@rule("KEY078", "unknown-source-type", Severity.WARNING, traits=("spectrum",))
def source_type(context: Context) -> Iterator[Outcome]:
    """SRCTYPE of a spectrum is POINT or EXTENDED.

    UNKNOWN is a legal value before the source type is determined. In a spectrum it is of no use: viewers choose between
    flux and surface brightness by it, and stop or ask.

    How to fix: run the srctype step, or write POINT or EXTENDED.
    Source: jdaviz issue 390; jwst documentation, srctype/description.rst.
    """
    for hdu in context.file.hdus[1:]:
        if hdu.header.string("SRCTYPE") == "UNKNOWN":
            card = hdu.header.card("SRCTYPE")
            yield Problem(
                f"SRCTYPE of {hdu.label} is 'UNKNOWN'",
                hdu=hdu,
                keyword="SRCTYPE",
                expected="POINT or EXTENDED",
                found="'UNKNOWN'",
                offset=card.offset if card else None,
                group_key=f"{hdu.name} SRCTYPE",
            )


@rule("KEY079", "no-coronagraphic-mask", Severity.WARNING)
def mask(context: Context) -> Iterator[Outcome]:
    """CORONMSK of a coronagraphic exposure names its mask.

    Reference files of coronagraphy (masks of the alignment, flat fields) are chosen by CORONMSK; with NONE those of
    imaging are found, or none.

    How to fix: write the mask, or correct EXP_TYPE.
    Source: stdatamodels 6.0.0, core.schema.yaml (CORONMSK); jwst documentation, align_refs/reference_files.rst.
    """
    header = context.primary
    exposure = header.string("EXP_TYPE")
    if header.string("CORONMSK") == "NONE" and exposure in _CORONAGRAPHIC:
        text = f"CORONMSK is 'NONE', but EXP_TYPE = {quoted(exposure)} is coronagraphic"
        yield contradiction(context, "CORONMSK", text, "the name of the mask")


@rule("KEY080", "source-outside-its-cutout", Severity.WARNING)
def position(context: Context) -> Iterator[Outcome]:
    """SRCXPOS and SRCYPOS lie within the cut-out of the source.

    They are the position of the source in the slit, relative to the cut-out or, for a slit, to its centre: from -1 to
    the number of pixels. A position outside is that of the full frame, or of another source.

    How to fix: compute the position in the cut-out.
    Source: stdatamodels 6.0.0, slitmeta.schema.yaml (SRCXPOS, SRCYPOS).
    """
    for hdu in context.file.named("SCI"):
        if hdu.type != "IMAGE" or len(hdu.axes) < 2:
            continue
        for keyword, length in (("SRCXPOS", hdu.axes[0]), ("SRCYPOS", hdu.axes[1])):
            value = hdu.header.number(keyword)
            if value is not None and not -1 <= value <= length:
                card = hdu.header.card(keyword)
                yield Problem(
                    f"{keyword} of {hdu.label} is {value:g}, outside its {length} pixels",
                    hdu=hdu,
                    keyword=keyword,
                    expected=f"-1 to {length}",
                    found=f"{value:g}",
                    offset=card.offset if card else None,
                    group_key=keyword,
                )


@rule("KEY082", "subarray-of-another-size", Severity.WARNING, requires=("KEY002", "KEY003", "KEY005"))
def subarray(context: Context) -> Iterator[Outcome]:
    """SUBSIZE1 and SUBSIZE2 are the size of the subarray that SUBARRAY names.

    Reference files are chosen by SUBARRAY and cut by SUBSIZEn; a name with another size gets those of other pixels. The
    pipeline copies both: simulations and tests that name a subarray for a smaller array are reported too. FULL and names
    that the list does not have are not compared.

    How to fix: correct SUBARRAY, or SUBSIZE1 and SUBSIZE2.
    Source: the subarrays of the project reference database, in CRDS (specs/subarrays.yaml); jwst issues 3424 and 3518.
    """
    if context.excluded:
        return
    header = context.primary
    name = header.string("SUBARRAY")
    sizes = context.catalogue.subarrays.get(header.string("INSTRUME") or "", {})
    wide, high = header.integer("SUBSIZE1"), header.integer("SUBSIZE2")
    if name not in sizes or wide is None or high is None or wide < 1 or high < 1:
        return
    own = tuple(sizes[name])
    if (wide, high) != own:
        text = f"SUBARRAY = {quoted(name)} has {own[0]} x {own[1]} pixels, but SUBSIZE1 x SUBSIZE2 is {wide} x {high}"
        yield contradiction(context, "SUBARRAY", text, f"a subarray of {wide} x {high} pixels")


_FORMS: Final[dict[str, tuple[re.Pattern[str], str]]] = {
    "APERNAME": (re.compile(r"(?:NRC|NIS|NRS|MIR|FGS|GUI)\w*\Z", re.ASCII), "the name of an aperture (NRCA1_FULL)"),
    "CAL_VER": (re.compile(r"[vV]?\d+\.\d+", re.ASCII), "a release (1.20.2)"),
    "MSAMETFL": (re.compile(r"\S+_msa\.fits\Z", re.ASCII), "the name of an _msa.fits file"),
}
"""Text that rules and the pipeline take apart, and what it begins with or is."""

_NONE: Final = frozenset({"", "N/A", "NONE", "ANY", "MULTIPLE", "UNKNOWN"})


@rule("KEY083", "value-without-its-form", Severity.WARNING)
def unreadable(context: Context) -> Iterator[Outcome]:
    """APERNAME, CAL_VER and MSAMETFL have the form that programs take apart.

    APERNAME begins with the letters of an instrument, CAL_VER with the number of a release, MSAMETFL is the name of an
    `_msa.fits` file. What cannot be read is treated as if it were not there: with CAL_VER = `latest` a file is held
    against the layout of no release in particular. Blank values and placeholders are reported where they are needed.

    How to fix: write the value in the expected form.
    Source: stdatamodels 6.0.0, core.schema.yaml; jwst documentation, lib/set_telescope_pointing.rst (apertures) and
    data_products/msa_metadata.rst.
    """
    header = context.primary
    for keyword, (form, expected) in _FORMS.items():
        value = header.string(keyword)
        if value is not None and value.strip(" ") not in _NONE and not form.match(value.strip(" ")):
            yield contradiction(context, keyword, f"{keyword} = {quoted(value)} is not {expected}", expected)


RULES = (unreadable, moving, source_type, mask, position, subarray)
