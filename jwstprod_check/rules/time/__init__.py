"""TIME: dates, exposure times, INT_TIMES and the times of spectra."""

from jwstprod_check.rules.rule import Rule
from jwstprod_check.rules.time import dates, exposure

RULES: tuple[Rule, ...] = (*dates.RULES, *exposure.RULES)


def data_rules() -> tuple[Rule, ...]:
    """Rules of the folder that need the bytes of the data."""
    from jwstprod_check.rules.time import int_times, spectra

    return (*int_times.RULES, *spectra.RULES)
