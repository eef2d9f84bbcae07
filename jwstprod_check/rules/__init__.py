"""Every rule, one folder a family or group of families; a rule is found here by its code."""

from collections.abc import Callable, Iterable
from functools import cache

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
    "DATA": "pixels and spectra: flags, NaN, negative errors, empty planes, lost blocks, wavelengths",
    "SET": "the files of one run against each other: stages, segments, versions",
    "TOOL": "a rule crashed; a file could not be read",
}


@cache
def structure_rules() -> tuple[Rule, ...]:
    """Rules that look at headers and sizes."""
    from jwstprod_check.rules import asdf, container, fits, keywords, product, time, wcs

    return tuple(rule for family in (container, fits, product, keywords, time, wcs, asdf) for rule in family.RULES)


@cache
def profile_rules() -> tuple[Rule, ...]:
    """Rules that check a header against what an archive requires."""
    from jwstprod_check.rules import profile

    return profile.RULES


@cache
def data_rules() -> tuple[Rule, ...]:
    """Rules on what the data pass saw."""
    from jwstprod_check.rules import asdf, data, fits, product, time

    return tuple(rule for family in (product, time, asdf, data, fits) for rule in family.data_rules())


def all_rules() -> tuple[Rule, ...]:
    """Every rule; a run imports only those that it needs."""
    return (*structure_rules(), *profile_rules(), *data_rules())


def unknown_codes(codes: Iterable[str]) -> list[str]:
    """Return the words that name neither a rule nor a family: a typo must not switch rules off, or all but one."""
    return [code for code in codes if code.upper() not in FAMILIES and find_rule(code) is None]


def find_rule(code: str) -> Rule | None:
    """Return the rule of a code or a name, None without one."""
    wanted = code.strip()
    # The rules on data are imported for a word alone that none of the others has.
    for rules in (structure_rules, profile_rules, data_rules):
        known = _by_word(rules)
        found = known.get(wanted.upper()) or known.get(wanted.lower())
        if found is not None:
            return found
    return None


@cache
def _by_word(rules: Callable[[], tuple[Rule, ...]]) -> dict[str, Rule]:
    """Rules by code and by name."""
    return {word: rule for rule in rules() for word in (rule.code, rule.name)}
