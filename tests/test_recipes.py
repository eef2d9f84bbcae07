"""The recipes for CI in the guide run as they are written, on a delivery that conforms and on one that does not."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
SECTION = GUIDE.partition("## As a CI gate")[2].partition("\n## ")[0]
RECIPES = [found.rstrip("'") for found in re.findall(r"jwstprod check ([^\n}]+?/)'?(?: }|\n)", SECTION)]


def test_every_recipe_is_found():
    assert len(RECIPES) == 4


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize(("kind", "status"), [("warned", 0), ("bad", 1)])
def test_recipe_runs_as_written(jwstprod, tmp_path, monkeypatch, recipe, kind, status):
    monkeypatch.chdir(tmp_path)
    delivery = tmp_path / "delivery"
    shutil.copytree(ROOT / "tests" / "data" / kind / "jwst-3.0.0", delivery)
    words = [word.replace("/archive/incoming/", "delivery/").replace("/var/log/", "") for word in shlex.split(recipe)]
    done = jwstprod("check", *words)
    assert done.status == status
    assert ("--quiet" in words and status == 0) == (done.out == "")
    for word in words:
        name, mark, path = word.partition("=")
        if mark:
            assert (tmp_path / path).stat().st_size > 100, name
