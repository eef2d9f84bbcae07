"""The config file as a run uses it: ignores, severities, options by path, errors."""

import json

import pytest
from judging import DARK, DATA

BAD = DATA / "bad"
MISSING = '[[ignore]]\ncode = "HDU001"\nreason = "made before release 2"\n'


@pytest.fixture
def delivery(tmp_path):
    """A folder with files that lack HDUs, and one with a good file."""
    for path in BAD.rglob("*_dark.fits.gz"):
        if "02117" not in path.name:
            (tmp_path / "bad").mkdir(exist_ok=True)
            (tmp_path / "bad" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / DARK.name).write_bytes(DARK.read_bytes())
    return tmp_path


def config(folder, text, name="jwstprod.toml"):
    (folder / name).write_text(text, encoding="utf-8")


def run(jwstprod, *args):
    done = jwstprod("check", *args, "--format", "json")
    return done.status, json.loads(done.out)


def across(report):
    return [(f["code"], f["severity"]) for f in report["delivery"]["findings"] if f["code"].startswith("TOOL")]


def test_ignored_findings_do_not_fail_and_are_listed_with_the_reason(delivery, jwstprod):
    assert run(jwstprod, delivery)[0] == 1
    config(delivery, MISSING)
    status, report = run(jwstprod, delivery)
    assert status == 0
    assert report["run"]["config"].endswith("jwstprod.toml")
    ignored = [i for file in report["files"] for i in file["ignored"]]
    assert [(i["code"], i["count"], i["reason"], i["until"]) for i in ignored] == [
        ("HDU001", 2, "made before release 2", None)
    ] * 2
    assert across(report) == []


def test_processes_have_the_same_settings(delivery, jwstprod):
    config(delivery, MISSING + '[[overrides]]\npaths = ["good/"]\nexclude = ["*_dark.fits*"]\n')
    one, two = run(jwstprod, delivery), run(jwstprod, delivery, "--jobs", "2")
    assert one[1]["files"] == two[1]["files"]
    assert one[1]["summary"]["left_out"] == 1


def test_table_of_pyproject_counts_and_one_without_it_is_passed(delivery, jwstprod):
    config(delivery, MISSING.replace("[[ignore]]", "[[tool.jwstprod.ignore]]"), "pyproject.toml")
    config(delivery / "bad", '[project]\nname = "jwstprod-files"\n', "pyproject.toml")
    assert run(jwstprod, delivery / "bad")[0] == 0


def test_no_config_and_another_config(delivery, tmp_path, jwstprod):
    config(delivery, MISSING)
    config(delivery, 'fail-on = "info"\n', "other.toml")
    assert run(jwstprod, delivery, "--no-config")[0] == 1
    assert run(jwstprod, delivery, "--config", delivery / "other.toml")[0] == 1
    done = jwstprod("check", delivery, "--config", delivery / "other.toml", "--no-config")
    assert done.status == 2


def test_paths_with_different_configs_are_refused(delivery, jwstprod):
    config(delivery / "bad", MISSING)
    done = jwstprod("check", delivery / "bad", delivery / "good")
    assert done.status == 2
    assert "--config" in done.err


def test_ignore_is_limited_to_its_paths(delivery, jwstprod):
    config(delivery, MISSING + 'paths = ["good/**"]\n')
    status, report = run(jwstprod, delivery)
    assert status == 1
    assert across(report) == [("TOOL003", "warning")]
    # Among the files of this run none is concerned.
    assert across(run(jwstprod, delivery / "bad")[1]) == []


def test_unused_ignore_is_reported_unless_its_rule_did_not_run(delivery, jwstprod):
    config(delivery, MISSING + '[[ignore]]\ncode = "DATA005"\nreason = "needs the data"\n')
    assert across(run(jwstprod, delivery)[1]) == []
    assert across(run(jwstprod, delivery / "good")[1]) == [("TOOL003", "warning")]
    assert jwstprod("check", delivery / "good", "--fail-on", "warning", "--ignore", "TOOL003,KEY,PROD").status == 0


@pytest.mark.parametrize(("until", "status", "found"), [("2999-01-31", 0, []), ("2020-01-31", 1, ["TOOL004"])])
def test_expired_ignore_ignores_nothing_and_is_reported(until, status, found, delivery, jwstprod):
    config(delivery, MISSING + f"until = {until}\n")
    got, report = run(jwstprod, delivery)
    assert (got, [code for code, _ in across(report)]) == (status, found)


def test_severity_of_a_rule_counts_before_that_of_its_family(delivery, jwstprod):
    config(delivery, '[severity]\nHDU001 = "info"\nHDU = "error"\n')
    status, report = run(jwstprod, delivery)
    assert status == 0
    assert {f["severity"] for file in report["files"] for f in file["findings"] if f["code"] == "HDU001"} == {"info"}


def test_command_line_wins(delivery, jwstprod):
    config(delivery, 'fail-on = "info"\nselect = ["HDU001"]\nproduct = "rate"\n' + MISSING)
    assert run(jwstprod, delivery)[1]["run"]["options"]["fail_on"] == "info"
    status, report = run(jwstprod, delivery, "--fail-on", "error", "--select", "ARR", "--product", "dark")
    assert status == 0
    options = report["run"]["options"]
    assert (options["fail_on"], options["select"], options["product"]) == ("error", ["ARR"], "dark")


def test_section_changes_the_options_of_its_files(delivery, jwstprod):
    config(delivery, '[[overrides]]\npaths = ["bad/"]\nproduct = "rate"\n')
    products = {file["path"].split("/")[-2]: file["product"] for file in run(jwstprod, delivery)[1]["files"]}
    assert products == {"bad": "rate", "good": "dark"}


def test_unreadable_file_whose_finding_is_ignored_is_unverified(tmp_path, jwstprod):
    (tmp_path / "x_dark.fits").write_text("<!DOCTYPE html><html></html>")
    config(tmp_path, '[[ignore]]\ncode = "FILE"\nreason = "pages"\n')
    status, report = run(jwstprod, tmp_path)
    assert (status, report["files"][0]["verdict"]) == (1, "unverified")
    assert report["files"][0]["ignored"][0]["code"] == "FILE002"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('fail_on = "error"', "unknown key 'fail_on'; did you mean 'fail-on'? at "),
        ('[[ignore]]\ncode = "HDU001"', "the key 'reason' is missing at "),
        ('[[ignore]]\ncode = "HDU001"\nreason = " "', ":ignore[0].reason"),
        ('[[ignore]]\ncode = "HDU001"\nreason = "x"\nuntill = 2027-01-31', "did you mean 'until'?"),
        ('[[ignore]]\ncode = "HDU001"\nreason = "x"\nuntil = "soon"', ":ignore[0].until"),
        ('[[ignore]]\ncode = "HDU0001"\nreason = "x"', ":ignore[0].code"),
        ('[severity]\nHDU001 = "bad"', ":severity"),
        ('[severity]\nHDUX = "info"', ":severity.HDUX"),
        ('product = "drak"', "no spec for 'drak' at "),
        ('profile = "x"', "no profile 'x' at "),
        ('specs = "nowhere"', ":specs"),
        ('exclude = ["[b-a].fits"]', ":exclude[0]"),
        ('exclude = ["/"]', "the pattern is empty at "),
        ("select = [", "is not TOML"),
        ('[[overrides]]\npaths = ["a"]\nselect = ["HDU"]', "unknown key 'select'"),
    ],
)
def test_config_that_cannot_be_used_exits_2_with_the_place(text, message, tmp_path, jwstprod):
    config(tmp_path, text)
    (tmp_path / DARK.name).write_bytes(DARK.read_bytes())
    done = jwstprod("check", tmp_path)
    assert done.status == 2
    assert message in done.err
    assert "jwstprod.toml" in done.err
