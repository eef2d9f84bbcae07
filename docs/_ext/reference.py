"""A Sphinx extension that writes the reference: a page a rule, a page a product, the command line, the config, the report.

All of it is made from code and specs, so that it cannot differ from them. The example of a rule is a file that ``jwstprod make
--break`` makes; what the report states about it is what the check of that file found.
"""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from textwrap import dedent, wrap
from typing import Any

import click
import msgspec

from jwstprod_check.cli.main import COMMANDS, cli
from jwstprod_check.config.file import ConfigDocument
from jwstprod_check.delivery.files import RULES as SET_RULES
from jwstprod_check.make.defects.catalogue import BREAKS, NOT_MADE, broken
from jwstprod_check.rules import FAMILIES, all_rules
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.spec.compile import between, listed


def setup(app: Any) -> dict[str, bool]:
    """Register the extension."""
    app.connect("builder-inited", lambda app: write_all(Path(app.srcdir) / "reference"))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write_all(folder: Path) -> None:
    """Write every page; one that has not changed is left, so that it is not built again."""
    specs = catalogue(None)
    rules = [*all_rules(), *SET_RULES]
    pages = {f"rules/{rule.code}.md": rule_page(rule, specs) for rule in rules}
    pages |= {f"products/{name}.md": product_page(specs.spec(name)) for name in specs.names()}
    pages["rules/index.md"] = rules_index(rules)
    pages["products/index.md"] = products_index(specs)
    pages["command-line.md"] = command_line()
    pages["config.md"] = config_page()
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def rule_page(rule: Any, specs: Any) -> str:
    """Return the manual of a rule and an example."""
    title, _, rest = rule.manual.partition("\n")
    level = "with `--data`" if getattr(rule, "level", "") == "data" else "on headers"
    level = "across the files of a run" if rule.family == "SET" else level
    lines = [f"# {rule.code}: {rule.name}", "", f"{rule.severity}, {level}", "", title, "", *_manual(rest)]
    return "\n".join([*lines, *_example(rule, specs)]) + "\n"


def _manual(text: str) -> Iterator[str]:
    """Lines of a manual; its last parts become headings."""
    text = dedent(text).strip().replace("\nSource:", "\n\nSource:").replace("\nHow to fix:", "\n\nHow to fix:")
    for paragraph in map(str.strip, text.split("\n\n")):
        for word, heading in (("How to fix:", "How to fix"), ("Source:", "Source"), ("Not covered:", "Not covered")):
            if paragraph.startswith(word):
                rest = paragraph.removeprefix(word).strip()
                yield from (f"## {heading}", "", rest[:1].upper() + rest[1:] if word == "How to fix:" else rest, "")
                break
        else:
            yield from (paragraph, "")


def _example(rule: Any, specs: Any) -> Iterator[str]:
    if rule.family == "SET" or rule.code in NOT_MADE:
        return
    product = BREAKS[rule.code].product
    made = broken(rule.code, product, specs)
    found = next((f for f in made.report.findings if f.code == rule.code), None)
    if found is None:
        return
    yield from (
        "## Example",
        "",
        f"`jwstprod make {product} . --break {rule.code}` writes `{made.name}`, of which "
        f"`jwstprod check {made.options}{made.name}` reports:",
        "",
        "```text",
        *wrap(f"{found.severity} {found.code} {found.message}", 86, subsequent_indent="  "),
    )
    yield from (f"  {key}: {value}" for key in ("expected", "found", "hint") if (value := getattr(found, key)))
    yield "```"


def rules_index(rules: list[Any]) -> str:
    """Return the list of rules by family."""
    lines = ["# Rules", "", f"{len(rules)} rules. `jwstprod rule CODE` prints the same manual in a shell.", ""]
    for family, about in FAMILIES.items():
        lines += [f"## {family}: {about}", "", "| code | name | severity | |", "|---|---|---|---|"]
        for rule in sorted((r for r in rules if r.family == family), key=lambda r: r.code):
            lines.append(f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity} | {_cell(rule.title)} |")
        lines.append("")
    codes = "\n".join(sorted(rule.code for rule in rules))
    return "\n".join(lines) + f"\n```{{toctree}}\n:hidden:\n\n{codes}\n```\n"


def product_page(spec: Any) -> str:
    """Return the documented table of a product, its columns, its amendments."""
    lines = [f"# {spec.product}: {spec.title}", "", f"Documentation: {spec.page}.", ""]
    if spec.traits:
        lines += [f"Traits: {', '.join(spec.traits)}.", ""]
    if spec.retired is not None:
        lines += [f"Not written from jwst {spec.retired.release} on ({spec.retired.source}).", ""]
    lines += [
        "## The documented table",
        "",
        "| HDU | EXTNAME | type | data type | dimensions | |",
        "|---|---|---|---|---|---|",
    ]
    for row in spec.documents:
        notes = "optional" if row.optional else ""
        notes += f" {between(row.since, row.until)}" if row.since or row.until else ""
        notes += f" only if `{row.when}`" if row.when else ""
        cells = (
            "" if row.hdu is None else row.hdu,
            row.extname or "",
            row.type,
            row.dtype or "",
            row.dims or "",
            notes,
        )
        lines.append("| " + " | ".join(_cell(str(cell)) for cell in cells) + " |")
    for row in spec.rows:
        if row.columns is not None:
            lines += ["", f"### Columns of {row.extname}", "", "| column | data type | unit | |", "|---|---|---|---|"]
            for column in row.columns.columns:
                kind = " or ".join(listed(column.dtype))
                lines.append(
                    f"| {_cell(column.name)} | {kind} | {_cell(column.unit or '')} | {'optional' if column.optional else ''} |"
                )
    if spec.amendments:
        lines += ["", "## Amendments", "", "Where real files are known to differ; `--strict` switches them off.", ""]
    for amendment in spec.amendments:
        when = f"when `{amendment.when.text}`" if amendment.when is not None else "always"
        lines += [
            f"### {amendment.id}",
            "",
            f"{when}: {amendment.because}.".replace("..", "."),
            "",
            f"Source: {amendment.source}",
            "",
        ]
    return "\n".join(lines) + "\n"


def products_index(specs: Any) -> str:
    """Return the list of products."""
    lines = ["# Products", "", "| product | |", "|---|---|"]
    lines += [f"| [{name}]({name}.md) | {_cell(specs.spec(name).title)} |" for name in specs.names()]
    return "\n".join(lines) + "\n\n```{toctree}\n:hidden:\n\n" + "\n".join(specs.names()) + "\n```\n"


def command_line() -> str:
    """Return the help of every command."""
    lines = ["# Command line", "", "```text", _help(cli, "jwstprod"), "```", ""]
    for name in COMMANDS:
        command = import_module(f"jwstprod_check.cli.{name}").command
        lines += [f"## jwstprod {name}", "", "```text", _help(command, f"jwstprod {name}"), "```", ""]
        for sub, inner in getattr(command, "commands", {}).items():
            lines += [f"### jwstprod {name} {sub}", "", "```text", _help(inner, f"jwstprod {name} {sub}"), "```", ""]
    return "\n".join(lines)


def _help(command: click.Command, name: str) -> str:
    context = click.Context(command, info_name=name, terminal_width=90, max_content_width=90)
    return command.get_help(context)


def config_page() -> str:
    """Return the keys of the config file, from its schema."""
    text = json.dumps(msgspec.json.schema(ConfigDocument), indent=2)
    return f"""# Config file

`jwstprod.toml`, or `[tool.jwstprod]` in `pyproject.toml`, found upwards from the checked path. `jwstprod config show PATH`
prints what holds for a path, `jwstprod config schema` this JSON Schema:

```json
{text}
```
"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
