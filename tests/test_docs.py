"""The commands of the page for the first ten minutes do what it says, in the order in which they are there."""

import re
import shlex
from pathlib import Path

START = Path(__file__).parents[1] / "docs" / "start.md"
STATUS = {"make": 0, "info": 0, "rule": 0, "diff": 1}
"""Exit status of a command by its name; that of `check` is 0 where nothing broken is among the files."""


def test_commands_of_the_first_ten_minutes_run_as_written(jwstprod, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```sh\n(.*?)```", START.read_text(encoding="utf-8"), re.DOTALL)
    commands = [shlex.split(line) for block in blocks for line in block.splitlines()]
    assert len(commands) > 7
    for program, *arguments in commands:
        assert program == "jwstprod"
        done = jwstprod(*arguments)
        broken = "broken_dark.fits" in arguments or arguments[-1] == "."
        wanted = STATUS.get(arguments[0], int(broken))
        assert done.status == wanted, (arguments, done.out, done.err)
    assert (tmp_path / "report.json").stat().st_size > 1000


def test_page_of_a_rule_is_named_where_the_config_gives_its_address(jwstprod, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    url = "https://docs.example.org/jwstprod/reference/rules/ARR003.html"
    jwstprod("make", "dark", "broken_dark.fits", "--break", "ARR003")
    assert url not in jwstprod("rule", "ARR003").out
    (tmp_path / "jwstprod.toml").write_text('docs-url = "https://docs.example.org/jwstprod/"\n')
    assert jwstprod("rule", "ARR003").out.endswith(f"Page: {url}\n")
    check = ("check", "--product", "dark", "broken_dark.fits", "--format")
    assert f'"helpUri":"{url}"' in jwstprod(*check, "sarif").out.replace('": "', '":"')
    assert url not in jwstprod(*check, "sarif", "--no-config").out
