"""WCS: world coordinates and footprints."""

from jwstprod_check.rules.rule import Rule
from jwstprod_check.rules.wcs import celestial, footprint, rules

RULES: tuple[Rule, ...] = (*rules.RULES, *footprint.RULES, *celestial.RULES)
