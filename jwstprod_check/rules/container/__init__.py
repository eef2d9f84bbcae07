"""FILE and TOOL: the container, and what could not be checked."""

from jwstprod_check.rules.container import file, tool
from jwstprod_check.rules.rule import Rule

RULES: tuple[Rule, ...] = (*file.RULES, *tool.RULES)
