"""The rules that run for what the user asked for, in the order in which they run."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

import msgspec

from jwstprod_check.config import Options
from jwstprod_check.rules import data_rules, profile_rules, structure_rules
from jwstprod_check.rules.rule import Gate, Rule


class Step(msgspec.Struct, frozen=True):
    """Neighbouring rules behind one gate; ``after`` are the rules that any of them gives way to."""

    gate: Gate | None
    rules: tuple[Rule, ...]
    requires: frozenset[str]


class Plan(msgspec.Struct, frozen=True):
    """The rules that run, in order and in steps, and the codes of those whose findings are reported.

    A rule that is not selected runs all the same, because others may wait for what it finds.
    ``limited`` are the rules that are for products of some traits only.
    """

    rules: tuple[Rule, ...]
    reported: frozenset[str]
    steps: tuple[Step, ...]
    limited: tuple[Rule, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether no rule is left that can report something: nothing checked is not success."""
        return not any(rule.code in self.reported for rule in self.rules if rule.family != "TOOL")


@lru_cache(8)
def plan(options: Options) -> Plan:
    """Return what runs: rules on data only with ``data``, those of a profile only with one."""
    select, ignore = _upper(options.select), _upper(options.ignore)
    rules = structure_rules()
    if options.profile is not None:
        rules += profile_rules()
    if options.data:
        rules += data_rules()
    reported = (r.code for r in rules if (not select or _named(r, select)) and not _named(r, ignore))
    return Plan(rules, frozenset(reported), tuple(_steps(rules)), tuple(r for r in rules if r.traits))


def _steps(rules: tuple[Rule, ...]) -> Iterator[Step]:
    for gate, group in groupby(rules, key=lambda rule: rule.gate):
        behind = tuple(group)
        yield Step(gate, behind, frozenset(code for rule in behind for code in rule.requires))


def _upper(codes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(code.upper() for code in codes)


def _named(rule: Rule, codes: frozenset[str]) -> bool:
    return not codes.isdisjoint((rule.code, rule.family, rule.name.upper()))
