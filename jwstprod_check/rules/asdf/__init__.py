"""ASDF: the embedded tree."""

from jwstprod_check.rules.asdf import extension, reader
from jwstprod_check.rules.rule import Rule

RULES: tuple[Rule, ...] = (*extension.RULES, *reader.RULES)


def data_rules() -> tuple[Rule, ...]:
    """Rules of the folder that need the bytes of the data."""
    from jwstprod_check.rules.asdf import form, targets, tree, values, world

    return (*tree.RULES, *form.RULES, *targets.RULES, *values.RULES, *world.RULES)
