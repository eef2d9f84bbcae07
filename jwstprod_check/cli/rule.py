"""``jwstprod rule [CODE]``: the manual of a rule, or the list."""

import re
import sys
from collections.abc import Iterator
from typing import Final

import click

from jwstprod_check.cli.settings import config_for, docs_of, page_of
from jwstprod_check.cli.words import complete_codes, did_you_mean_code
from jwstprod_check.delivery.files import RULES as SET_RULES
from jwstprod_check.delivery.set_rule import SetRule
from jwstprod_check.report.layout import paper_of, wrapped
from jwstprod_check.rules import FAMILIES, all_rules
from jwstprod_check.rules.rule import Rule
from jwstprod_check.text import printable

_READS: Final = {
    "structure": "reads headers only",
    "tables": "reads headers and the rows of small tables",
    "data": "needs --data",
}
_LABEL: Final = re.compile(r"(How to fix|Source|Not covered): ")


@click.command("rule")
@click.argument("code", required=False, shell_complete=complete_codes)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output format.")
def command(code: str | None, form: str) -> int:
    """Print the manual of the rule CODE (or of its name), or the list of all rules, or of a family."""
    rules = _chosen(code)
    if form == "json":
        from jwstprod_check.report.json import pretty

        click.echo(pretty([_to_dict(r) for r in rules]))
    elif code is not None and len(rules) == 1 and code.upper() not in FAMILIES:
        for line in page_lines(manual(rules[0]), paper_of(sys.stdout).width):
            click.echo(line)
        page = page_of(docs_of(config_for(None, none=False, paths=())), rules[0].code)
        if page:
            click.echo(f"\nPage: {printable(page)}")
    else:
        _list(rules)
    return 0


AnyRule = Rule | SetRule


def _chosen(code: str | None) -> list[AnyRule]:
    rules: list[AnyRule] = [*all_rules(), *SET_RULES]
    if code is None:
        return rules
    if code.upper() in FAMILIES:
        return [r for r in rules if r.family == code.upper()]
    found = next((r for r in rules if code.strip().upper() in (r.code, r.name.upper())), None)
    if found is None:
        raise click.BadParameter(
            f"no rule {code!r}{did_you_mean_code(code)} (`jwstprod rule` lists them)", param_hint="CODE"
        )
    return [found]


def _to_dict(rule: AnyRule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": str(rule.severity),
        "level": rule.level if isinstance(rule, Rule) else "delivery",
        "requires": list(rule.requires) if isinstance(rule, Rule) else [],
        "gives_way_to": list(rule.gives_way_to) if isinstance(rule, Rule) else [],
        "traits": list(rule.traits) if isinstance(rule, Rule) else [],
        "manual": rule.manual,
    }


def manual(rule: AnyRule) -> str:
    """Return the manual page of a rule as text."""
    facts = [f"default severity {rule.severity}"]
    if isinstance(rule, SetRule):
        facts.append("compares the files of a run")
        return f"{rule.code} {rule.name} ({'; '.join(facts)})\n\n{rule.manual}"
    facts.append(_READS[rule.level])
    first = (*rule.requires, *rule.gives_way_to)
    if first:
        facts.append(f"skipped where {' or '.join(first)} has a finding")
    if rule.traits:
        facts.append(f"for products with the trait {' or '.join(rule.traits)}")
    return f"{rule.code} {rule.name} ({'; '.join(facts)})\n\n{rule.manual}"


def page_lines(text: str, width: int) -> Iterator[str]:
    """Return the lines of a manual, its paragraphs broken to a width; tables and labels (``Source:``) begin lines of their own."""
    waiting: list[str] = []
    for line in [*text.splitlines(), ""]:
        apart = not line.strip() or line.startswith(" ") or _LABEL.match(line)
        if apart and waiting:
            yield from wrapped(" ".join(waiting), width, later="  " if _LABEL.match(waiting[0]) else "")
            waiting = []
        if not line.strip() or line.startswith(" "):
            yield line
        else:
            waiting.append(line)


def _list(rules: list[AnyRule]) -> None:
    width = paper_of(sys.stdout).width
    family = ""
    for rule in rules:
        if rule.family != family:
            family = rule.family
            for line in wrapped(f"{family}: {FAMILIES[family]}", width):
                click.echo(line)
        data = " (--data)" if isinstance(rule, Rule) and rule.level == "data" else ""
        first = f"  {rule.code}  {rule.severity!s:<7}  "
        for line in wrapped(f"{rule.name}: {rule.title}{data}", width, first):
            click.echo(line)
