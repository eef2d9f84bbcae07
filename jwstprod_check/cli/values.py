"""Values of options that name several things: codes of rules, formats with their files."""

import click

from jwstprod_check.cli.across import set_rule_words
from jwstprod_check.cli.words import did_you_mean, did_you_mean_code
from jwstprod_check.report.reporter import REPORTERS


def rule_codes(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Split ``A,B`` and reject unknown codes: a typo must not disable a rule, or all other rules."""
    if not values:
        return ()
    from jwstprod_check.rules import unknown_codes

    codes = tuple(code.strip() for value in values for code in value.split(","))
    if not all(codes):
        raise click.BadParameter("it is empty; `jwstprod rule` lists the rules and families")
    across = set_rule_words()
    for code in unknown_codes(code for code in codes if code.upper() not in across):
        raise click.BadParameter(
            f"{code!r} is not a rule or a family{did_you_mean_code(code)} (`jwstprod rule` lists them)"
        )
    return codes


def formats_and_files(
    _ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]
) -> list[tuple[str, str | None]]:
    """Split ``FORMAT=FILE`` and reject unknown formats and a second one for the standard output."""
    formats: list[tuple[str, str | None]] = []
    for value in values:
        name, sign, path = value.partition("=")
        if name not in REPORTERS:
            near = did_you_mean(name, REPORTERS)
            raise click.BadParameter(f"{name!r} is not a format{near} (the formats are {', '.join(REPORTERS)})")
        if sign and not path:
            raise click.BadParameter(f"{value!r} names no file")
        if path == "-":
            raise click.BadParameter(f"{value!r}: a format without a file goes to the standard output")
        formats.append((name, path or None))
    if sum(path is None for _, path in formats) > 1:
        raise click.BadParameter("only one format can use the standard output; write the others to files: FORMAT=FILE")
    return formats
