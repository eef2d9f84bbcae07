"""FITS: rules that give way to a finding of ARR or TAB on the same HDU, which says more, and so run after them."""

from jwstprod_check.rules import fits_columns, fits_reserved, fits_tables

RULES = (
    fits_reserved.zero_scale.rule,
    fits_tables.width.rule,
    fits_columns.unnamed.rule,
    fits_columns.same_name.rule,
)
