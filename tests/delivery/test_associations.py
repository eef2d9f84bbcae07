"""Associations: by themselves, beside the files that they list, and in a whole delivery."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from delivery import FAULTS, Visit, make_delivery

from jwstprod_check.cli.main import cli
from jwstprod_check.delivery.associations import MAX_BYTES, after, read_association, stem_of
from jwstprod_check.delivery.files import RULES


def run(*args):
    done = CliRunner().invoke(cli, ["check", "--no-config", "--format", "json", *map(str, args)], standalone_mode=False)
    return done.return_value, json.loads(done.stdout)


def found(report):
    return [(f["code"], f["severity"]) for f in report["delivery"]["findings"]]


def judged(tmp_path, change=None, options=()):
    """Findings across the files of one visit after a change."""
    visit = Visit(1)
    if change is not None:
        change(visit)
    folder = tmp_path / "visit"
    (folder / "copy").mkdir(parents=True)
    visit.write(folder)
    return found(run(folder, *options)[1])


def of_member(change, kind="image3", number=1):
    """Change the members of the first product of an association."""
    return lambda visit: change(visit.asn(kind, number)[1]["products"][0]["members"])


def of_content(kind="image3", **values):
    return lambda visit: visit.asn(kind)[1].update(values)


def test_clean_delivery_has_no_finding_across_files(tmp_path):
    make_delivery(tmp_path / "clean", 3)
    status, report = run(tmp_path / "clean", "--complete")
    assert (status, found(report)) == (0, [])
    assert report["delivery"]["associations"] == 18
    assert report["summary"]["conforming"] == report["summary"]["files"] == 39


def test_twenty_faults_of_a_delivery_are_twenty_findings(tmp_path):
    make_delivery(tmp_path / "faults", len(FAULTS), faults=True)
    status, report = run(tmp_path / "faults")
    assert status == 1
    assert [code for code, _ in sorted(found(report))] == sorted(code for code, _ in FAULTS)
    assert len(found(report)) == 20


@pytest.mark.parametrize(("code", "fault"), FAULTS, ids=lambda one: one if isinstance(one, str) else "")
def test_fault_is_found_alone(tmp_path, code, fault):
    assert [one for one, _ in judged(tmp_path, fault)] == [code]


def test_every_rule_on_associations_has_a_fault():
    codes = {rule.code for rule in RULES if "SET010" <= rule.code < "SET040"}
    assert codes - {code for code, _ in FAULTS} == {"SET011"}


def test_member_that_is_not_there_is_an_error_in_a_whole_set_only(tmp_path):
    def lost(visit):
        del visit.files[f"{visit.stem(3)}_cal.fits"]

    assert judged(tmp_path / "part", lost) == []
    assert judged(tmp_path / "whole", lost, ("--complete",)) == [("SET011", "error")]


def test_products_of_stage_3_need_not_be_delivered_with_stage_2(tmp_path):
    def grism(visit):
        name, content = visit.asn("image2", 2)
        visit.associations.pop(name)
        stem = visit.product("f200w")
        parts = (("_cat.ecsv", "sourcecat"), ("_segm.fits", "segmap"), ("_i2d.fits", "direct_image"))
        content["asn_type"] = "spec2"
        content["products"][0]["members"] += [{"expname": stem + s, "exptype": t} for s, t in parts]
        visit.associations[name.replace("image2", "spec2")] = content
        del visit.files[f"{stem}_i2d.fits"]
        visit.card(f"{visit.stem(2)}_cal.fits", ASNTABLE=name.replace("image2", "spec2"))

    assert judged(tmp_path, grism, ("--complete",)) == []


def test_nods_list_an_exposure_twice_under_two_suffixes(tmp_path):
    def nods(members):
        members.append({"expname": members[0]["expname"].replace("_cal", "_x1d"), "exptype": "background"})

    assert judged(tmp_path, of_member(nods)) == []


def test_file_in_two_parts_is_a_warning(tmp_path):
    twice = of_member(lambda members: members.append({**members[0], "exptype": "background"}))
    assert judged(tmp_path, twice) == [("SET012", "warning")]


@pytest.mark.parametrize(("count", "kind", "expected"), [(2, "image2", 1), (2, "image3", 0), (0, "image2", 1)])
def test_stage_2_has_one_science_member_and_stage_3_one_or_more(tmp_path, count, kind, expected):
    def change(visit):
        members = visit.asn(kind, 2 if kind == "image2" else 1)[1]["products"][0]["members"]
        for member in members:
            member["exptype"] = "background"
        suffix = "_rate" if kind == "image2" else "_cal"
        more = [{"expname": f"{visit.stem(n)}{suffix}.fits", "exptype": "science"} for n in (2, 3)]
        members[:] = more[:count] or members

    codes = [code for code, _ in judged(tmp_path, change)]
    assert codes.count("SET013") == expected


def test_average_of_a_time_series_is_no_member_of_it(tmp_path):
    def averaged(visit):
        old, new = (f"{visit.stem(1, 1)}_{s}.fits" for s in ("rateints", "rate"))
        visit.files[new] = visit.files.pop(old)
        visit.asn("tso-image2")[1]["products"][0]["members"][0]["expname"] = new

    assert ("SET014", "error") in judged(tmp_path, averaged)


def grism(suffix, release, written, exposure="NIS_WFSS"):
    """A visit whose image3 association is one of spectra, with another kind of member."""

    def change(visit):
        name, content = visit.asn("image3")
        content.update(asn_type="spec3", code_version=written)
        visit.associations[name.replace("image3", "spec3")] = visit.associations.pop(name)
        for member in content["products"][0]["members"]:
            old = member["expname"]
            member["expname"] = old.replace("_cal", f"_{suffix}")
            visit.card(old, EXP_TYPE=exposure, CAL_VER=release)
            visit.files[member["expname"]] = visit.files.pop(old)

    return change


@pytest.mark.parametrize(
    ("suffix", "release", "written", "exposure", "wrong"),
    [
        ("cal", "3.0.0", "3.0.0", "NIS_WFSS", False),
        ("x1d", "3.0.0", "3.0.0", "NIS_WFSS", True),
        ("cal", "3.1.0", "3.1.0", "NRC_WFSS", True),
        ("x1d", "3.1.0", "3.1.0", "NRC_WFSS", False),
        ("cal", "3.1.0", "3.0.0", "MIR_WFSS", True),
        ("cal", "3.0.0", "3.1.0", "MIR_WFSS", True),
        ("cal", "3.0.1.dev20+g12", "3.0.0", "NIS_WFSS", False),
        ("x1d", "3.0.1.dev20+g12", "3.0.0", "NIS_WFSS", False),
        ("x1d", None, None, "NIS_WFSS", False),
        ("cal", None, None, "NIS_WFSS", False),
        ("cal", "3.1.0", "3.1.0", "NRS_FIXEDSLIT", False),
        ("x1d", "3.1.0", "3.1.0", "NRS_FIXEDSLIT", True),
        ("x1d", "3.1.0", "3.1.0", "N/A", False),
        ("rate", "3.1.0", "3.1.0", "N/A", True),
    ],
)
def test_members_of_grism_spectra_depend_on_the_release(suffix, release, written, exposure, wrong, tmp_path):
    codes = [code for code, _ in judged(tmp_path, grism(suffix, release, written, exposure))]
    assert ("SET014" in codes) is wrong


def test_grism_member_that_is_not_in_the_set_may_be_either(tmp_path):
    def lost(suffix):
        def change(visit):
            grism(suffix, "3.1.0", "3.1.0")(visit)
            for member in visit.asn("spec3")[1]["products"][0]["members"]:
                del visit.files[member["expname"]]

        return change

    for suffix in ("cal", "x1d"):
        assert "SET014" not in {code for code, _ in judged(tmp_path / suffix, lost(suffix))}


def test_name_of_a_source_is_filled_in(tmp_path):
    def slot(visit):
        old = f"{visit.product('f200w')}_i2d.fits"
        visit.asn("image3")[1]["products"][0]["name"] = "jw01234-o001_{source_id}_nircam_clear-f200w"
        new = "jw01234-o001_s000000001_nircam_clear-f200w_i2d.fits"
        visit.files[new] = visit.files.pop(old)
        visit.card(new, FILENAME=new)

    assert judged(tmp_path, slot) == []
    assert after("A-{source_id}_b", "a-s000000001_b") == len("a-s000000001_b")
    assert after("a-{source_id}_b", "a-_c") == -1
    assert after("a.b", "a.b_i2d") == 3
    assert after("a.b", "axb_i2d") == -1


@pytest.mark.parametrize(
    ("table", "pool"), [("singleton", "singleton"), ("", ""), ("jw01234-o009_image2_00001_asn.json", "other")]
)
def test_product_without_an_association_of_the_set_is_quiet(tmp_path, table, pool):
    def alone(visit):
        visit.card(f"{visit.stem(2)}_cal.fits", ASNTABLE=table, ASNPOOL=pool)

    assert judged(tmp_path, alone) == []


def test_pools_are_compared_without_their_ending(tmp_path):
    def shorter(visit):
        visit.card(f"{visit.stem(2)}_cal.fits", ASNPOOL="jw01234_20260101t000000_pool")

    assert judged(tmp_path, shorter) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"program": "1234"}, 0),
        ({"program": "1235"}, 1),
        ({"asn_type": "IMAGE3"}, 0),
        ({"version_id": None}, 0),
        ({"version_id": "20250101t000000"}, 1),
        ({"asn_type": None}, 0),
    ],
)
def test_name_of_an_association_states_what_it_contains(tmp_path, values, expected):
    assert [c for c, _ in judged(tmp_path, of_content(**values))].count("SET018") == expected


def test_association_with_a_name_of_its_own_is_free(tmp_path):
    def renamed(visit):
        _, content = visit.asn("image3")
        visit.associations["mine_asn.json"] = {**content, "asn_type": "user_built", "asn_id": "a3001"}

    assert judged(tmp_path, renamed) == []


@pytest.mark.parametrize(
    ("values", "warnings"),
    [
        ({"degraded_status": "One or more members have an error associated with them."}, 1),
        ({"degraded_status": None}, 0),
    ],
)
def test_status_of_exposures_is_that_of_the_members(tmp_path, values, warnings):
    assert judged(tmp_path, of_content(**values)) == [("SET020", "warning")] * warnings


def test_group_of_one_observation_is_doubtful(tmp_path):
    def group(visit):
        name, _ = visit.asn("image3")
        visit.associations["mine_asn.json"] = {**visit.associations.pop(name), "asn_id": "c1001"}
        del visit.files[f"{visit.product('f200w')}_i2d.fits"]

    assert judged(tmp_path, group) == [("SET020", "warning")]


def test_catalogue_of_another_product_is_doubtful(tmp_path):
    def mixed(visit):
        stem = visit.product("f200w")
        content = visit.asn("image3")[1]
        more = [("other_cat.ecsv", "sourcecat"), (f"{stem}_segm.fits", "segmap"), (f"{stem}_i2d.fits", "direct_image")]
        content["products"][0]["members"] += [{"expname": e, "exptype": t} for e, t in more]

    assert judged(tmp_path, mixed) == [("SET020", "warning")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is no JSON"),
        ("[]", "it does not have what an association needs: Expected `object`, got `array`"),
        ("{}", "missing required field `products`"),
        ('{"products": [{}]}', "missing required field `members` - at `$.products[0]`"),
        (
            '{"products": [{"members": [{"expname": 5, "exptype": "science"}]}]}',
            "at `$.products[0].members[0].expname`",
        ),
        ('{"products": [\n{"members": [],},\n]}', "a comma before a closing bracket in line 2"),
        ('{"note": ",]", "products": [}', "it is no JSON: 'JSON is malformed"),
        ('{"products": [], "note": ' + "[" * 100_000, "it is no JSON"),
        ("\x00\xff", "it is no JSON"),
    ],
)
def test_what_is_no_association_is_reported_with_the_reason(tmp_path, text, reason):
    path = tmp_path / "x_asn.json"
    path.write_bytes(text.encode("latin-1"))
    status, report = run(path)
    assert status == 1
    assert found(report) == [("SET010", "error")]
    assert reason in report["delivery"]["findings"][0]["message"]
    assert report["delivery"]["findings"][0]["paths"] == [str(path)]


@pytest.mark.parametrize("text", ['{"products": []}', '{"products": [{"members": []}]}'])
def test_association_without_products_or_members_is_reported(tmp_path, text):
    path = tmp_path / "x_asn.json"
    path.write_text(text)
    assert found(run(path)[1]) == [("SET010", "error")]


def test_association_alone_is_checked(tmp_path):
    name, content = Visit(1).asn("image2", 2)
    path = tmp_path / name
    path.write_text(json.dumps(content))
    for options in ([path], [tmp_path], [str(tmp_path / "*.json")]):
        status, report = run(*options)
        assert (status, found(report), report["delivery"]["associations"]) == (0, [], 1)
    assert run(path, "--exclude", "*_asn.json")[1]["delivery"]["associations"] == 0


def test_association_that_cannot_be_opened_is_reported(tmp_path):
    (tmp_path / "x_asn.json").mkdir()
    assert read_association(str(tmp_path / "x_asn.json")).fault == "not a regular file"


def test_pipe_without_a_writer_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "x_asn.json")
    assert read_association(str(tmp_path / "x_asn.json")).fault == "not a regular file"


def test_huge_association_is_not_read(tmp_path):
    path = tmp_path / "x_asn.json"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    assert read_association(str(path)).fault == f"it has more than {MAX_BYTES} bytes"


def test_rules_on_associations_are_switched_like_any(tmp_path):
    change = of_content(asn_id="o999")
    assert judged(tmp_path / "a", change, ("--ignore", "SET018")) == []
    assert judged(tmp_path / "b", change, ("--select", "association-name")) == [("SET018", "error")]


def test_text_of_an_association_reaches_no_message_raw(tmp_path):
    hostile = "\x1b[31m\n::error::x"
    content = {
        "asn_type": hostile,
        "asn_pool": hostile,
        "degraded_status": hostile,
        "products": [{"name": hostile, "members": [{"expname": hostile, "exptype": hostile}]}],
    }
    path = tmp_path / "x_asn.json"
    path.write_text(json.dumps(content))
    _, report = run(path)
    text = json.dumps(report["delivery"], ensure_ascii=False)
    assert found(report)
    assert "\x1b" not in text
    assert "\\n::error" not in json.dumps([f["message"] for f in report["delivery"]["findings"]])


def test_stems_are_names_without_ending():
    assert stem_of("A_cal.FITS.gz") == "a_cal"
    assert stem_of("a_cat.ecsv") == "a_cat"
    assert Path("a").name == stem_of("a")
