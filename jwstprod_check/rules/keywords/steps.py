"""KEY: the keywords that steps of the pipeline read from their input."""

from collections.abc import Iterator

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.keywords.counting import find_keyword, in_lower_case
from jwstprod_check.rules.keywords.required import near_keyword
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.spec.model import StepKeyword
from jwstprod_check.text import listed, quoted


@rule("KEY070", "missing-step-keyword", Severity.WARNING)
def missing(context: Context) -> Iterator[Outcome]:
    """The keywords that steps of the pipeline read are present and not blank.

    A step that does not find a keyword stops, is skipped, or uses a default: an exposure without NFRAMES and TGROUP has
    no slopes, one without EXPMID is calibrated for another day, an image without PIXAR_SR has no fluxes. The keywords,
    the steps that read them and the products that must have them:

        NRESETS   persistence (up to jwst 2.0.1)      uncal
        NFRAMES   group_scale, saturation,            uncal, ramp, dark
                  linearity, dark_current, jump,
                  ramp_fit
        GROUPGAP  dark_current, clean_flicker_noise,  uncal, ramp, dark
                  ramp_fit
        TGROUP    persistence, jump, ramp_fit         uncal, ramp, dark
        TFRAME    clean_flicker_noise, ramp_fit       uncal, ramp, dark
        READPATT  rscd, emicorr                       uncal, ramp, dark
        EXPSTART  persistence,                        uncal to crf
                  set_telescope_pointing, resample
        EXPMID    set_telescope_pointing, photom      uncal to crf
        EXPEND    set_telescope_pointing, resample    uncal to crf
        APERNAME  set_telescope_pointing              uncal to crf
        SUBARRAY  assign_wcs, pathloss, photom,       uncal to crf
                  extract_1d
        EFFEXPTM  resample, combine_1d                uncal to crf
        FILTER    assign_wcs, extract_2d, photom      uncal to crf, not MIR_MRS
                                                      and FGS
        PIXAR_SR  resample, tso_photometry,           images in MJy/sr, S_PHOTOM
                  source_catalog                      = COMPLETE
        PIXAR_A2  resample                            images in MJy/sr, S_PHOTOM
                                                      = COMPLETE

    One finding lists all that are missing.

    How to fix: write the keywords, or produce the file from its input with the pipeline.
    Source: jwst 3.0.0 and 2.0.1, stcal 1.20.0, the sources of the steps (file by file in specs/steps.yaml); jwst issue 3843.
    """
    lost = [need for need in context.spec.spec.step_keywords if _is_lost(context, need)]
    if not lost:
        return
    names = [need.keyword for need in lost]
    header = context.file.hdus[0].header
    found = "blank" if all(find_keyword(context, n) is not None for n in names) else "missing"
    near = [(n, near_keyword(header, n, context.catalogue.dictionary.names)) for n in names]
    meant = [f"write {n} instead of {quoted(other)}" for n, other in near if other is not None]
    readers = (f"{need.keyword} is read by {listed(need.steps, 6)}" for need in lost)
    yield Problem(
        f"{listed(names, 20)} {'is' if len(names) == 1 else 'are'} {found}, which later steps read",
        hdu=context.file.hdus[0],
        keyword=names[0],
        expected=listed(names, 20),
        found=found,
        hint="; ".join(meant) or "; ".join(readers),
    )


def _is_lost(context: Context, need: StepKeyword) -> bool:
    """Whether a keyword is needed and not there. A card that cannot be read, or has another type, is another finding."""
    home = find_keyword(context, need.keyword)
    if home is not None and (home[1].value != "" or context.catalogue.keywords[need.keyword] != "string"):
        return False
    if need.when is not None and not need.when.holds(context.facts):
        return False
    return not in_lower_case(context.file.hdus[0].header, need.keyword)


RULES = (missing,)
