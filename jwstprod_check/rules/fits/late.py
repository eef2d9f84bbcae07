"""FITS: rules that run after ARR and TAB and are skipped where these have a finding on the HDU, which is more precise."""

from jwstprod_check.rules.fits import columns as fits_columns
from jwstprod_check.rules.fits import reserved as fits_reserved
from jwstprod_check.rules.fits import tables as fits_tables

RULES = (
    fits_reserved.zero_scale.rule,
    fits_tables.width.rule,
    fits_columns.unnamed.rule,
    fits_columns.same_name.rule,
)
