"""PROD, HDU, ARR and TAB: a file against the documented table of its product."""

from jwstprod_check.rules.product import (
    arrays,
    hdus,
    identity,
    oifits,
    oifits_baselines,
    oifits_observables,
    oifits_sources,
    oifits_values,
    sets,
    tables,
)
from jwstprod_check.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    *identity.RULES,
    *hdus.RULES,
    *sets.RULES,
    *arrays.RULES,
    *tables.RULES,
    *oifits.RULES,
    *oifits_values.RULES,
    *oifits_sources.RULES,
    *oifits_observables.RULES,
    *oifits_baselines.RULES,
)


def data_rules() -> tuple[Rule, ...]:
    """Rules of the folder that need the bytes of the data."""
    from jwstprod_check.rules.product import table_values

    return table_values.RULES
