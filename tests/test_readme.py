"""The tables of rules and products in the documentation say what the program has; the README has its two commands.

After a wanted change: ``JWSTPROD_WRITE_GOLDEN=1 python -m pytest tests/test_readme.py``.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from jwstprod_check.rules import FAMILIES, all_rules
from jwstprod_check.spec.catalogue import catalogue

README = Path(__file__).parents[1] / "README.md"
DOCS = README.parent / "docs"


def rules_table() -> str:
    lines = ["| code | name | severity | what holds in a good file |", "|---|---|---|---|"]
    for family, meaning in FAMILIES.items():
        lines.append(f"| **{family}** | | | {meaning} |")
        for rule in all_rules():
            if rule.family == family:
                needs = {"data": " (`--data`)"}.get(rule.level, " (`--profile`)" if rule.scope == "profile" else "")
                title = rule.title.replace("|", "\\|").replace("``", "`")
                lines.append(f"| {rule.code} | {rule.name} | {rule.severity} | {title}{needs} |")
    return "\n".join(lines)


def products_table() -> str:
    known = catalogue()
    lines = ["| product | title | documented in |", "|---|---|---|"]
    for name in known.names():
        spec = known.spec(name)
        lines.append(f"| {name} | {spec.title} | {spec.documentation} |")
    return "\n".join(lines)


@pytest.mark.parametrize(("name", "table"), [("rules", rules_table), ("products", products_table)])
def test_table_is_in_step(name: str, table: Callable[[], str]):
    page = DOCS / f"{name}.md"
    text = page.read_text(encoding="utf-8")
    section = re.compile(rf"(<!-- {name} begin -->\n).*?(<!-- {name} end -->)", re.DOTALL)
    assert section.search(text)
    wanted = section.sub(lambda found: found[1] + "\n" + table() + "\n\n" + found[2], text)
    if os.environ.get("JWSTPROD_WRITE_GOLDEN"):
        page.write_text(wanted, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == wanted


def test_readme_has_the_two_commands_each_one_line():
    text = README.read_text(encoding="utf-8")
    for mark in ("run", "tests"):
        found = re.search(rf"<!-- {mark} -->\n```sh\n(python3 [^\n]+)\n```", text)
        assert found, mark
