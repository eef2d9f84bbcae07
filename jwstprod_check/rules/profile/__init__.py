"""HLSP: what an archive asks of the products of other teams."""

from jwstprod_check.rules.profile import keywords, names
from jwstprod_check.rules.rule import Rule

RULES: tuple[Rule, ...] = (*keywords.RULES, *names.RULES)
