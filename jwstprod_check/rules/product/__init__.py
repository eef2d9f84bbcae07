"""PROD, HDU, ARR and TAB: a file against the documented table of its product."""

from jwstprod_check.rules.product import (
    arrays,
    conditions,
    hdus,
    history,
    identity,
    oifits,
    oifits_baselines,
    oifits_observables,
    oifits_sources,
    oifits_values,
    resampled,
    sets,
    spectra,
    tables,
)
from jwstprod_check.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    *identity.RULES,
    *history.RULES,
    *hdus.RULES,
    *conditions.RULES,
    *sets.RULES,
    *arrays.RULES,
    *resampled.RULES,
    *tables.RULES,
    *spectra.RULES,
    *oifits.RULES,
    *oifits_values.RULES,
    *oifits_sources.RULES,
    *oifits_observables.RULES,
    *oifits_baselines.RULES,
)


def data_rules() -> tuple[Rule, ...]:
    """Rules of the folder that need the bytes of the data."""
    from jwstprod_check.rules.product import column_values, spectrum_rows, table_values

    return (*column_values.RULES, *spectrum_rows.RULES, *table_values.RULES)
