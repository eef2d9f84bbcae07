"""ASDF: the embedded tree."""

from jwstprod_check.rules.asdf import extension, reader
from jwstprod_check.rules.rule import Rule

RULES: tuple[Rule, ...] = (*extension.RULES, *reader.RULES)


def data_rules() -> tuple[Rule, ...]:
    """Rules of the folder that need the bytes of the data."""
    from jwstprod_check.rules.asdf import form, lookup, pointing, resampled, targets, tree, values, world

    folder = (tree, form, targets, values, world, lookup, pointing, resampled)
    return tuple(rule for module in folder for rule in module.RULES)
