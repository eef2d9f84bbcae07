"""KEY: presence, type and value of keywords, and statements that contradict each other."""

from jwstprod_check.rules.keywords import (
    array_units,
    dictionary,
    dimensions,
    file_name,
    instrument,
    level,
    of_rows,
    pairs,
    places,
    required,
    statements,
    steps,
    usable,
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
    *steps.RULES,
    *level.RULES,
    *places.RULES,
    *usable.RULES,
    *statements.RULES,
    *of_rows.RULES,
)
