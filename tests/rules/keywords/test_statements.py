"""KEY061 to KEY064: keywords against HDUs, the name and the product."""

import pytest
from builders import edited, join, split, with_keywords, with_rows
from judging import CATALOGUE, DARK, judge_file
from made_files import make

S3D = make("s3d", CATALOGUE)


def found(raw, code, name=None, **options):
    return [f for f in judge_file(raw, name, **options).findings if f.code == code]


class TestGroupRows:
    @staticmethod
    def rows(rows, product="dark", **keywords):
        raw = make(product, CATALOGUE, symbols={"ngroups": 5, "nints": 2}, keywords=keywords)
        return found(edited(raw, "GROUP", lambda p: with_rows(p, rows)), "KEY061", product=product)

    @pytest.mark.parametrize("product", ["uncal", "ramp", "dark"])
    @pytest.mark.parametrize(("rows", "fires"), [(0, False), (3, False), (10, False), (11, True)])
    def test_rows_are_at_most_those_of_all_groups(self, product, rows, fires):
        problems = self.rows(rows, product)
        assert [(f.severity, f.expected) for f in problems] == ([("warning", "at most 10 rows")] if fires else [])

    def test_a_segment_may_have_the_rows_of_the_exposure(self):
        segment = {"INTSTART": 3, "INTEND": 4, "NINTS": 6}
        assert not self.rows(30, **segment)
        assert self.rows(31, **segment)

    def test_stripes_are_left_alone(self):
        assert not self.rows(40, SSTR_NST=4)

    @pytest.mark.parametrize("keywords", [{"NGROUPS": None}, {"NGROUPS": "5"}, {"NGROUPS": 0}])
    def test_without_a_statement_there_is_no_bound(self, keywords):
        raw = edited(DARK.read_bytes(), "GROUP", lambda p: with_rows(p, 500))
        assert found(raw, "KEY061", DARK.name)
        assert not found(with_keywords(raw, **keywords), "KEY061", DARK.name)


class TestNamedExtension:
    @pytest.mark.parametrize(
        ("keywords", "wrong"),
        [
            ({}, None),
            ({"FLUXEXT": "SCI", "ERREXT": "ERR", "MASKEXT": "DQ"}, None),
            ({"FLUXEXT": "sci "}, None),
            ({"MASKEXT": ""}, None),
            ({"MASKEXT": "NONE"}, None),
            ({"FLUXEXT": "FLUX"}, "FLUXEXT"),
            ({"ERREXT": "ERRORS"}, "ERREXT"),
            ({"MASKEXT": "MASK"}, "MASKEXT"),
            ({"MASKEXT": "HDRTAB"}, "MASKEXT"),
        ],
    )
    def test_names_are_those_of_hdus(self, keywords, wrong):
        problems = found(with_keywords(S3D, **keywords), "KEY062", product="s3d")
        assert [(f.severity, f.keyword) for f in problems] == ([("error", wrong)] if wrong else [])

    def test_a_required_hdu_that_is_missing_is_one_finding(self):
        raw = join([p for p in split(with_keywords(S3D, ERREXT="ERR")) if p.name != "ERR"])
        assert found(raw, "HDU001", product="s3d")
        assert not found(raw, "KEY062", product="s3d")


WHOLE, SEGMENT = DARK.name, DARK.name.replace("_nrca1", "-seg002_nrca1")
FIRST = DARK.name.replace("_nrca1", "-seg001_nrca1")


@pytest.mark.parametrize(
    ("name", "keywords", "expected"),
    [
        (WHOLE, {}, None),
        (WHOLE, {"EXSEGNUM": 1, "EXSEGTOT": 1}, None),
        (WHOLE, {"EXSEGTOT": 1}, None),
        (WHOLE, {"EXSEGTOT": 2}, ("warning", "EXSEGTOT")),
        (WHOLE, {"EXSEGNUM": 1}, ("info", "EXSEGTOT")),
        (WHOLE, {"EXSEGNUM": 1, "EXSEGTOT": 2}, ("error", "EXSEGNUM")),
        (WHOLE, {"EXSEGNUM": 2}, ("error", "EXSEGNUM")),
        (WHOLE, {"EXSEGNUM": 1, "EXSEGTOT": 2, "FILENAME": None}, ("warning", "EXSEGNUM")),
        (SEGMENT, {}, ("info", "EXSEGTOT")),
        (SEGMENT, {"EXSEGNUM": 2}, ("info", "EXSEGTOT")),
        (SEGMENT, {"EXSEGNUM": 2, "EXSEGTOT": 2}, None),
        (SEGMENT, {"EXSEGTOT": 3}, ("warning", "EXSEGTOT")),
        (SEGMENT, {"EXSEGTOT": 1}, ("error", "EXSEGTOT")),
        (SEGMENT, {"EXSEGTOT": 1, "FILENAME": None}, ("warning", "EXSEGTOT")),
        (FIRST, {"EXSEGNUM": 1, "EXSEGTOT": 1}, ("warning", "EXSEGTOT")),
        (FIRST, {"EXSEGNUM": 1, "EXSEGTOT": 2}, None),
        ("", {"EXSEGNUM": 2, "EXSEGTOT": 3}, None),
        ("", {"EXSEGNUM": 2}, ("info", "EXSEGTOT")),
        ("", {"EXSEGTOT": 3}, ("warning", "EXSEGTOT")),
        ("mine_dark.fits", {"EXSEGNUM": 2, "EXSEGTOT": 3}, None),
        ("mine_dark.fits", {"EXSEGNUM": 2}, ("info", "EXSEGTOT")),
    ],
)
def test_statements_on_segments_agree(name, keywords, expected):
    raw = with_keywords(DARK.read_bytes(), **{"FILENAME": name or WHOLE, **keywords})
    problems = found(raw, "KEY063", name or None, product="dark")
    assert [(f.severity, f.keyword) for f in problems] == ([expected] if expected else [])


@pytest.mark.parametrize("product", ["calints", "crfints", "uncal", "x1dints"])
def test_a_segment_without_a_total_is_found_in_every_product(product):
    name = f"jw01234001001_02101_00001-seg002_nrca1_{'o001_' if product == 'crfints' else ''}{product}.fits"
    problems = found(with_keywords(make(product, CATALOGUE), FILENAME=name), "KEY063", name)
    assert [(f.severity, f.found, f.message) for f in problems] == [
        ("info", "missing", "the file is segment 2 of an exposure, but EXSEGTOT is missing")
    ]


def test_the_name_of_a_copy_says_nothing_of_segments():
    raw = with_keywords(DARK.read_bytes(), FILENAME=SEGMENT, EXSEGNUM=2, EXSEGTOT=3)
    assert not found(raw, "KEY063", WHOLE)


@pytest.mark.parametrize("product", ["crf", "crfints"])
@pytest.mark.parametrize(("value", "fires"), [("COMPLETE", False), ("SKIPPED", True), ("", True), (None, True)])
def test_outlier_detection_writes_the_product(product, value, fires):
    raw = with_keywords(make(product, CATALOGUE), S_OUTLIR=value)
    assert [f.severity for f in found(raw, "KEY064", product=product)] == (["warning"] if fires else [])


@pytest.mark.parametrize("product", ["cal", "i2d"])
def test_other_products_need_no_outlier_detection(product):
    assert not found(with_keywords(make(product, CATALOGUE), S_OUTLIR="SKIPPED"), "KEY064", product=product)
