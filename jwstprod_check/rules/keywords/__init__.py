"""KEY: presence, type and value of keywords, and statements that contradict each other."""

from jwstprod_check.rules.keywords import dictionary, dimensions, file_name, instrument, of_rows, pairs, required
from jwstprod_check.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    *dimensions.RULES,
    *dictionary.RULES,
    *required.RULES,
    *instrument.RULES,
    *pairs.RULES,
    *file_name.RULES,
    *of_rows.RULES,
)
