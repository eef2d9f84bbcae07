"""``jwstprod config``: what holds for a path and from where, and the schema."""

import json
from pathlib import Path

SCHEMA = Path(__file__).parents[2] / "docs" / "jwstprod.schema.json"
TEXT = """
fail-on = "warning"
exclude = ["old/"]
[[ignore]]
code = "KEY024"
reason = "known"
until = 2020-01-31
[[overrides]]
paths = ["level3/"]
fail-on = "info"
severity = {HDU002 = "error"}
"""


def test_without_a_config_all_is_default(tmp_path, jwstprod):
    done = jwstprod("config", "show", tmp_path)
    assert done.status == 0
    assert done.out.startswith("config: none\n")
    assert "(default)" in done.out


def test_each_option_has_its_origin(tmp_path, jwstprod):
    (tmp_path / "jwstprod.toml").write_text(TEXT)
    plain = jwstprod("config", "show", tmp_path / "x.fits").out
    assert "warning  (fail-on)" in plain
    assert "known; until 2020-01-31; EXPIRED, has no effect  (ignore[0])" in plain
    section = jwstprod("config", "show", tmp_path / "level3" / "x.fits").out
    assert "info  (overrides[0].fail-on)" in section
    assert "error  (overrides[0].severity)" in section
    assert "exclude old/ of jwstprod.toml  (exclude)" in jwstprod("config", "show", tmp_path / "old" / "x.fits").out


def test_published_schema_is_in_step(jwstprod):
    done = jwstprod("config", "schema")
    assert done.out == SCHEMA.read_text(encoding="utf-8")
    properties = json.loads(done.out)["$defs"]["ConfigDocument"]["properties"]
    assert {"fail-on", "skip-unknown", "ignore", "overrides"} <= set(properties)
