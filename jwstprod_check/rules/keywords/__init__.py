"""KEY: presence, type and value of keywords, and statements that contradict each other."""

from jwstprod_check.rules.keywords import (
    array_units,
    dictionary,
    dimensions,
    file_name,
    instrument,
    pairs,
    required,
    statements,
)
from jwstprod_check.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    *dimensions.RULES,
    *dictionary.RULES,
    *required.RULES,
    *instrument.RULES,
    *pairs.RULES,
    *array_units.RULES,
    *file_name.RULES,
    *statements.RULES,
)
