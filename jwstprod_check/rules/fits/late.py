"""FITS: rules that give way to a finding of ARR or TAB on the same HDU, which says more, and so run after them."""

from jwstprod_check.rules.fits import columns as fits_columns
from jwstprod_check.rules.fits import reserved as fits_reserved
from jwstprod_check.rules.fits import tables as fits_tables

RULES = (
    fits_reserved.zero_scale.rule,
    fits_tables.width.rule,
    fits_columns.unnamed.rule,
    fits_columns.same_name.rule,
)
