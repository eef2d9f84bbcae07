"""Every rule, one module a family; a rule is found here by its code."""

from collections.abc import Iterable
from functools import cache
from types import ModuleType

from jwstprod_check.rules.rule import Rule

FAMILIES: dict[str, str] = {
    "FILE": "the container: is it FITS, is it whole",
    "FITS": "the FITS standard on raw cards: grammar, mandatory and reserved keywords, table headers",
    "PROD": "which product: name, DATAMODL, EXP_TYPE and content agree or not",
    "HDU": "presence, unexpected, duplicate, type, order",
    "ARR": "image dtype, NAXIS, axes",
    "TAB": "columns and rows of tables",
    "KEY": "keyword presence, type, value, against another statement in the file",
    "TIME": "dates, exposure times, content of INT_TIMES",
    "WCS": "world coordinates, S_REGION",
    "ASDF": "the embedded tree: its form, its links to the HDUs, its agreement with the headers",
    "SUM": "DATASUM and CHECKSUM",
    "DATA": "pixels: flags, NaN, negative errors, empty planes, lost blocks",
    "TOOL": "a rule crashed; a file could not be read",
}


@cache
def structure_rules() -> tuple[Rule, ...]:
    """Rules that look at headers and sizes, in the order in which the engine runs them."""
    from jwstprod_check.rules.asdf import extension as asdf_extension
    from jwstprod_check.rules.asdf import reader as asdf_reader
    from jwstprod_check.rules.container import file, tool
    from jwstprod_check.rules.fits import family as fits_family
    from jwstprod_check.rules.fits import late as fits_late
    from jwstprod_check.rules.keywords import dictionary as dictionary
    from jwstprod_check.rules.keywords import dimensions as keywords
    from jwstprod_check.rules.keywords import file_name as keyword_names
    from jwstprod_check.rules.keywords import instrument as keyword_instruments
    from jwstprod_check.rules.keywords import pairs as keyword_pairs
    from jwstprod_check.rules.keywords import required as needed_keywords
    from jwstprod_check.rules.product import arrays, hdus, oifits, sets, tables
    from jwstprod_check.rules.product import identity as prod
    from jwstprod_check.rules.time import dates as times
    from jwstprod_check.rules.wcs import rules as wcs

    return _gathered(
        file,
        fits_family,
        prod,
        hdus,
        sets,
        arrays,
        tables,
        fits_late,
        keywords,
        dictionary,
        needed_keywords,
        keyword_instruments,
        keyword_pairs,
        keyword_names,
        oifits,
        times,
        wcs,
        asdf_extension,
        asdf_reader,
        tool,
    )


@cache
def profile_rules() -> tuple[Rule, ...]:
    """Rules that hold a header against what an archive asks; they run after those on structure."""
    from jwstprod_check.rules.profile import keywords as hlsp
    from jwstprod_check.rules.profile import names as hlsp_names

    return _gathered(hlsp, hlsp_names)


@cache
def data_rules() -> tuple[Rule, ...]:
    """Rules on what the data pass saw; they run last."""
    from jwstprod_check.rules.asdf import form as asdf_form
    from jwstprod_check.rules.asdf import targets as asdf_targets
    from jwstprod_check.rules.asdf import tree as asdf
    from jwstprod_check.rules.asdf import values as asdf_values
    from jwstprod_check.rules.asdf import world as asdf_world
    from jwstprod_check.rules.data import pixels, sums
    from jwstprod_check.rules.fits import data as fits_data
    from jwstprod_check.rules.product import oifits_values as oivalues
    from jwstprod_check.rules.product import table_values
    from jwstprod_check.rules.time import int_times

    return _gathered(
        oivalues,
        int_times,
        asdf,
        asdf_form,
        asdf_targets,
        asdf_values,
        asdf_world,
        sums,
        fits_data,
        table_values,
        pixels,
    )


def _gathered(*modules: ModuleType) -> tuple[Rule, ...]:
    return tuple(rule for module in modules for rule in module.RULES)


def all_rules() -> tuple[Rule, ...]:
    """Every rule; a run imports only those that it needs."""
    return (*structure_rules(), *profile_rules(), *data_rules())


def unknown_codes(codes: Iterable[str]) -> list[str]:
    """Return the words that name neither a rule nor a family: a typo must not switch rules off, or all but one."""
    return [code for code in codes if code.upper() not in FAMILIES and find_rule(code) is None]


def find_rule(code: str) -> Rule | None:
    """Return the rule of a code or a name, None without one."""
    wanted = code.strip()
    return next((r for r in all_rules() if wanted.upper() == r.code or wanted.lower() == r.name), None)
