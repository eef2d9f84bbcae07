"""ASDF: the embedded tree."""

from jwstprod_check.rules.asdf import extension
from jwstprod_check.rules.rule import Rule

RULES: tuple[Rule, ...] = (*extension.RULES,)


def data_rules() -> tuple[Rule, ...]:
    """Rules of the folder that need the bytes of the data."""
    from jwstprod_check.rules.asdf import tree

    return (*tree.RULES,)
