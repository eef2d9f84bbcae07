"""``jwstprod rule [CODE]``: the manual of a rule, or the list."""

import click

from jwstprod_check.rules import FAMILIES, all_rules, find_rule
from jwstprod_check.rules.rule import Rule


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
    else:
        _list(rules)
    return 0


def _chosen(code: str | None) -> list[Rule]:
    if code is None:
        return list(all_rules())
    if code.upper() in FAMILIES:
        return [r for r in all_rules() if r.family == code.upper()]
    found = find_rule(code)
    if found is None:
        from difflib import get_close_matches

        near = get_close_matches(code.upper(), [n for r in all_rules() for n in (r.code, r.name.upper())], n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise click.BadParameter(f"no rule {code!r}{meant} (`jwstprod rule` lists them)", param_hint="CODE")
    return [found]


def _to_dict(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": str(rule.severity),
        "level": rule.level,
        "after": list(rule.requires),
        "traits": list(rule.traits),
        "manual": rule.manual,
    }


def manual(rule: Rule) -> str:
    """Return the manual page of a rule as text."""
    facts = [f"default severity {rule.severity}", "needs --data" if rule.level == "data" else "reads headers only"]
    if rule.requires:
        facts.append(f"skipped where {' or '.join(rule.requires)} has a finding")
    if rule.traits:
        facts.append(f"for products with the trait {' or '.join(rule.traits)}")
    return f"{rule.code} {rule.name} ({'; '.join(facts)})\n\n{rule.manual}"


def _list(rules: list[Rule]) -> None:
    family = ""
    for rule in rules:
        if rule.family != family:
            family = rule.family
            click.echo(f"{family}: {FAMILIES[family]}")
        data = " (--data)" if rule.level == "data" else ""
        click.echo(f"  {rule.code}  {rule.severity!s:<7}  {rule.name}: {rule.title}{data}")
