"""FILE and TOOL: the container, and what could not be checked."""

from jwstprod_check.rules.container import file, gzip, tool
from jwstprod_check.rules.rule import Rule

RULES: tuple[Rule, ...] = (*sorted((*file.RULES, *gzip.RULES), key=lambda r: r.code), *tool.RULES)
