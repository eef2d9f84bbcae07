"""``jwstprod rule [CODE]``: the manual of a rule, or the list."""

import click

from jwstprod_check.cli.settings import config_for, docs_of, page_of
from jwstprod_check.delivery.files import RULES as SET_RULES
from jwstprod_check.delivery.set_rule import SetRule
from jwstprod_check.rules import FAMILIES, all_rules
from jwstprod_check.rules.rule import Rule
from jwstprod_check.text import printable


@click.command("rule")
@click.argument("code", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output format.")
def command(code: str | None, form: str) -> int:
    """Print the manual of the rule CODE (or of its name), or the list of all rules, or of a family."""
    rules = _chosen(code)
    if form == "json":
        from jwstprod_check.report.json import pretty

        click.echo(pretty([_to_dict(r) for r in rules]))
    elif code is not None and len(rules) == 1 and code.upper() not in FAMILIES:
        click.echo(manual(rules[0]))
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
        from difflib import get_close_matches

        near = get_close_matches(code.upper(), [n for r in rules for n in (r.code, r.name.upper())], n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise click.BadParameter(f"no rule {code!r}{meant} (`jwstprod rule` lists them)", param_hint="CODE")
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
    facts.append("needs --data" if rule.level == "data" else "reads headers only")
    first = (*rule.requires, *rule.gives_way_to)
    if first:
        facts.append(f"skipped where {' or '.join(first)} has a finding")
    if rule.traits:
        facts.append(f"for products with the trait {' or '.join(rule.traits)}")
    return f"{rule.code} {rule.name} ({'; '.join(facts)})\n\n{rule.manual}"


def _list(rules: list[AnyRule]) -> None:
    family = ""
    for rule in rules:
        if rule.family != family:
            family = rule.family
            click.echo(f"{family}: {FAMILIES[family]}")
        data = " (--data)" if isinstance(rule, Rule) and rule.level == "data" else ""
        click.echo(f"  {rule.code}  {rule.severity!s:<7}  {rule.name}: {rule.title}{data}")
