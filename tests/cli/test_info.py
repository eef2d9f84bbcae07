"""``jwstprod info``."""

import json

from judging import DARK
from shell import shell


def test_info_shows_the_table_and_the_solved_dimensions():
    done = shell("info", DARK, COLUMNS="100", PYTHONUTF8="1")
    assert done.returncode == 0
    for text in ("SCI", "ngroups = ", "NGROUPS", "CAL_VER", "CRDS_CTX", "float32"):
        assert text in done.stdout


def test_info_prints_the_cards_of_an_hdu(jwstprod):
    by_name, by_number = jwstprod("info", "--header", "sci", DARK), jwstprod("info", "--header", "1", DARK)
    assert by_name.out == by_number.out
    assert by_name.out.startswith("XTENSION= 'IMAGE")
    assert by_name.out.rstrip().endswith("END")


def test_info_of_a_header_that_is_not_there_lists_those_that_are(jwstprod):
    done = jwstprod("info", "--header", "NOPE", DARK)
    assert done.status == 2
    assert "SCI" in done.err


def test_info_json_has_the_report_and_the_facts(jwstprod):
    content = json.loads(jwstprod("info", "--format", "json", DARK).out)
    assert content["product"] == "dark"
    assert content["keywords"]["DATAMODL"] == "RampModel"
    assert content["evidence"]
