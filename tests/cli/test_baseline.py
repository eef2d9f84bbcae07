"""The baseline: known findings do not fail, new ones do, vanished ones are reported."""

import json

import pytest
from judging import DARK, DATA

BAD = next(p for p in sorted((DATA / "bad").rglob("*02105*_dark.fits.gz")))


@pytest.fixture
def known(tmp_path, jwstprod):
    """A bad file, and the baseline of its folder."""
    folder = tmp_path / "delivery"
    folder.mkdir()
    (folder / BAD.name).write_bytes(BAD.read_bytes())
    baseline = tmp_path / "known.json"
    assert jwstprod("check", folder, "--write-baseline", baseline).status == 1
    return folder, baseline


def run(jwstprod, *args):
    done = jwstprod("check", *args, "--format", "json")
    return done.status, json.loads(done.out)


def test_known_findings_do_not_fail_and_are_listed(known, jwstprod):
    folder, baseline = known
    status, report = run(jwstprod, folder, "--baseline", baseline)
    assert (status, report["files"][0]["verdict"]) == (0, "conforming")
    assert {i["reason"] for i in report["files"][0]["ignored"]} == {"baseline"}


def test_moved_file_is_known(known, tmp_path, jwstprod):
    folder, baseline = known
    folder.rename(tmp_path / "elsewhere")
    assert run(jwstprod, tmp_path / "elsewhere", "--baseline", baseline)[0] == 0


def test_new_finding_fails(known, jwstprod):
    folder, baseline = known
    document = json.loads(baseline.read_text())
    document["findings"] = [e for e in document["findings"] if "GROUP" not in e["message"]]
    baseline.write_text(json.dumps(document))
    status, report = run(jwstprod, folder, "--baseline", baseline)
    assert (status, [f["code"] for f in report["files"][0]["findings"] if f["severity"] == "error"]) == (1, ["HDU001"])


def test_new_bad_file_fails(known, jwstprod):
    folder, baseline = known
    (folder / "x_dark.fits").write_bytes(b"")
    assert run(jwstprod, folder, "--baseline", baseline)[0] == 1


def test_vanished_finding_is_reported_and_pruned(known, jwstprod):
    folder, baseline = known
    (folder / BAD.name).write_bytes(DARK.read_bytes())
    _, report = run(jwstprod, folder, "--baseline", baseline, "--product", "dark")
    gone = [f for f in report["delivery"]["findings"] if f["code"] == "TOOL005"]
    assert [f["severity"] for f in gone] == ["info"]
    run(jwstprod, folder, "--baseline", baseline, "--prune-baseline", "--product", "dark")
    left = json.loads(baseline.read_text())["findings"]
    assert not [e for e in left if e["code"] == "HDU001"]
    again = run(jwstprod, folder, "--baseline", baseline, "--product", "dark")[1]
    assert not [f for f in again["delivery"]["findings"] if f["code"] == "TOOL005"]


def test_entry_of_a_rule_that_was_not_asked_for_has_not_vanished(known, jwstprod):
    folder, baseline = known
    report = run(jwstprod, folder, "--baseline", baseline, "--select", "ARR,TOOL")[1]
    assert report["delivery"]["findings"] == []


def test_unreadable_file_that_is_known_stays_unverified(tmp_path, jwstprod):
    (tmp_path / "x_dark.fits").write_text("<!DOCTYPE html><html></html>")
    baseline = tmp_path / "known.json"
    jwstprod("check", tmp_path, "--write-baseline", baseline)
    status, report = run(jwstprod, tmp_path, "--baseline", baseline)
    assert (status, report["files"][0]["verdict"]) == (1, "unverified")


def test_baseline_is_the_same_in_every_run(known, tmp_path, jwstprod):
    folder, baseline = known
    jwstprod("check", folder, "--write-baseline", tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == baseline.read_bytes()


def test_baseline_is_never_an_input(known, jwstprod):
    folder, baseline = known
    file = folder / BAD.name
    before = file.read_bytes()
    for option in ("--write-baseline", "--baseline"):
        assert jwstprod("check", folder, option, file).status == 2
    assert jwstprod("check", folder, "--baseline", baseline, "--format", f"json={baseline}").status == 2
    assert jwstprod("check", folder, "--write-baseline", "x.json", "--format", "json=x.json").status == 2
    assert jwstprod("check", folder, "--prune-baseline").status == 2
    assert file.read_bytes() == before


def test_what_is_no_baseline_is_refused(known, jwstprod):
    folder, baseline = known
    baseline.write_text('{"schema": "other", "findings": []}')
    done = jwstprod("check", folder, "--baseline", baseline)
    assert done.status == 2
    assert "no baseline" in done.err
