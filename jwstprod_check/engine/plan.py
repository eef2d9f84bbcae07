"""The rules that run for what the user asked for, in the order in which they run."""

import heapq
from collections.abc import Iterable
from typing import Final

import msgspec

from jwstprod_check.config import Options
from jwstprod_check.findings import Severity, Skipped
from jwstprod_check.memo import by_value
from jwstprod_check.rules import data_rules, profile_rules, structure_rules
from jwstprod_check.rules.rule import Check, Examination, Rule

WIDTH: Final = {"file": 0, "walk": 1, "profile": 1, "spec": 2}
"""How much a rule of a scope depends on: a readable file, HDUs, a known product."""


class Plan(msgspec.Struct, frozen=True, eq=False):
    """The rules that run, in order, and the codes of those whose findings are reported.

    ``covering`` are the reported rules whose findings count: the others keep no rule from running. ``severities`` has those
    that the user changed.

    What is not asked for runs only where a rule that is asked for requires it, or where it establishes a fact. ``widest`` is how
    much the reported rules depend on (``WIDTH``). A set of rules is an integer with a bit for each, at the rule's place in ``rules``:
    ``everything`` are all of them, ``dependants`` those that give way to a code, ``examined`` those whose problems one
    examination of the file finds, each examination with its rules by code; ``limited`` are the rules that are for products of some
    traits only, each with its bit.
    """

    rules: tuple[Rule, ...]
    reported: frozenset[str]
    everything: int
    dependants: dict[str, int]
    examined: tuple[tuple[Examination, int, dict[str, int]], ...]
    limited: tuple[tuple[int, Rule], ...]
    widest: int
    covering: frozenset[str]
    severities: dict[str, Severity]

    def severity(self, rule: Rule) -> Severity:
        """Severity of a rule, as the user changed it."""
        return self.severities.get(rule.code, rule.severity)

    @property
    def empty(self) -> bool:
        """Whether no rule is left that can report something: nothing checked is not success."""
        return not any(rule.code in self.reported for rule in self.rules if rule.family != "TOOL")


@by_value(64)
def plan(options: Options) -> Plan:
    """Return what runs: rules on data only with ``data``, those of a profile only with one."""
    select, ignore, known = _upper(options.select), _upper(options.ignore), _upper(options.known)
    rules = structure_rules()
    if options.profile is not None:
        rules += profile_rules()
    if options.data:
        rules += data_rules()
    reported = frozenset(r.code for r in rules if (not select or _named(r, select)) and not _named(r, ignore))
    rules = in_order(_needed(rules, reported))
    dependants: dict[str, int] = {}
    examined: dict[Examination, dict[str, int]] = {}
    for place, rule in enumerate(rules):
        for code in (*rule.requires, *rule.gives_way_to):
            dependants[code] = dependants.get(code, 0) | 1 << place
        if rule.examined_by is not None:
            examined.setdefault(rule.examined_by, {})[rule.code] = 1 << place
    return Plan(
        rules,
        reported,
        (1 << len(rules)) - 1,
        dependants,
        tuple((examination, sum(bits.values()), bits) for examination, bits in examined.items()),
        tuple((1 << place, rule) for place, rule in enumerate(rules) if rule.traits),
        max(
            (WIDTH[rule.scope] for rule in rules if rule.code in reported and rule.family != "TOOL"),
            default=WIDTH["walk"] if options.delivery else -1,
        ),
        frozenset(r.code for r in rules if r.code in reported and not _named(r, known)),
        {
            r.code: severity
            for r in rules
            for code, severity in options.severity
            if _named(r, frozenset([code.upper()]))
        },
    )


@by_value(256)
def rules_for(chosen: Plan, traits: tuple[str, ...] | None) -> tuple[int, tuple[Skipped, ...]]:
    """Rules that are for a product of some traits, as bits, and why the others are not; None for an unknown product."""
    if traits is None:
        return chosen.everything, ()
    others = [(bit, rule) for bit, rule in chosen.limited if not any(trait in traits for trait in rule.traits)]
    bits = sum([bit for bit, _ in others])
    reported = [rule for _, rule in others if rule.code in chosen.reported]
    reasons = [Skipped(r.code, f"the product has no trait {' or '.join(map(repr, r.traits))}") for r in reported]
    return chosen.everything & ~bits, tuple(reasons)


@by_value(1024)
def listed(chosen: Plan, rules: int) -> tuple[tuple[int, Rule, Check], ...]:
    """Rules of a set in order, each with its bit and its function."""
    return tuple([(1 << place, rule, rule.check) for place, rule in enumerate(chosen.rules) if rules >> place & 1])


def _needed(rules: Iterable[Rule], reported: frozenset[str]) -> list[Rule]:
    """Rules that are asked for, those that they require, and those that establish facts."""
    by_code = {rule.code: rule for rule in rules}
    needed = {code for code, rule in by_code.items() if code in reported or rule.fact}
    waiting = list(needed)
    while waiting:
        new = {code for code in by_code[waiting.pop()].requires if code in by_code} - needed
        needed |= new
        waiting += new
    return [rule for code, rule in by_code.items() if code in needed]


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Put each rule after those that it requires or gives way to, and otherwise leave them as they come.

    Raises ``ValueError`` where rules require each other in a circle.
    """
    rules = tuple(rules)
    place = {rule.code: i for i, rule in enumerate(rules)}
    waiting = {
        i: {place[code] for code in (*rule.requires, *rule.gives_way_to) if code in place}
        for i, rule in enumerate(rules)
    }
    after: dict[int, list[int]] = {}
    for i, before in waiting.items():
        for j in before:
            after.setdefault(j, []).append(i)
    ready = [i for i, before in waiting.items() if not before]
    heapq.heapify(ready)
    ordered: list[Rule] = []
    while ready:
        i = heapq.heappop(ready)
        ordered.append(rules[i])
        for j in after.get(i, ()):
            waiting[j].discard(i)
            if not waiting[j]:
                heapq.heappush(ready, j)
    if len(ordered) < len(rules):
        left = sorted(rule.code for rule in rules if rule not in ordered)
        raise ValueError(f"rules require each other in a circle: {', '.join(left)}")
    return tuple(ordered)


def _upper(codes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(code.upper() for code in codes)


def _named(rule: Rule, codes: frozenset[str]) -> bool:
    return not codes.isdisjoint((rule.code, rule.family, rule.name.upper()))


def runs_with_data(options: Options) -> bool:
    """Whether a rule would run with these options if the data were read."""
    return not plan(msgspec.structs.replace(options, data=True)).empty
