"""Every rule, one module a family; a rule is found here by its code."""

from functools import cache

from jwstprod_check.rules.rule import Rule

FAMILIES: dict[str, str] = {
    "FILE": "the container: is it FITS, is it whole",
    "PROD": "which product: name, DATAMODL, EXP_TYPE and content agree or not",
    "HDU": "presence, unexpected, duplicate, type, order",
    "ARR": "image dtype, NAXIS, axes",
    "TAB": "columns and rows of tables",
    "KEY": "keyword presence, type, value, against another statement in the file",
    "TOOL": "a rule crashed; a file could not be read",
}


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule in the order in which the engine runs them."""
    from jwstprod_check.rules import arrays, file, hdus, keywords, prod, tables, tool

    modules = (file, prod, hdus, arrays, tables, keywords, tool)
    return tuple(rule for module in modules for rule in module.RULES)


def find_rule(code: str) -> Rule | None:
    """Return the rule of a code or a name, None without one."""
    wanted = code.strip()
    return next((r for r in all_rules() if wanted.upper() == r.code or wanted.lower() == r.name), None)
