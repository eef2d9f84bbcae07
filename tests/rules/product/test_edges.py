"""Where a rule on the HDUs of a product begins to fire: the last length that is right and the first that is not."""

from dataclasses import replace

import numpy as np
import pytest
from builders import columns_of, edited, image, join, primary, split, table, with_columns, with_rows
from judging import CATALOGUE, codes, judge_file
from made_files import make
from made_science import made, slit
from scanning import findings

from jwstprod_check.make import file_name
from jwstprod_check.spec.documents import Folder, Overlay, packaged
from jwstprod_check.spec.loader import Catalogue

DARK = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))
SPEC = """
product: edge
title: Edges
documentation: none
recognise: {suffixes: [edge], models: [EdgeModel]}
hdus:
  - {hdu: 0, type: primary}
  - {hdu: 1, extname: SCI,   type: IMAGE,    dtype: float32, dims: ncols x nrows}
  - {hdu: 2, extname: FIXED, type: IMAGE,    dtype: float32, dims: 3 x 4}
  - {hdu: 3, extname: LEAST, type: IMAGE,    dtype: float32, dims: ">=3 x 4"}
  - {hdu: 4, extname: HALF,  type: IMAGE,    dtype: float32, dims: ncols/2 x nrows}
  - {hdu: 5, extname: ROWS,  type: BINTABLE, dims: 2 cols x 5 rows}
  - {hdu: 6, extname: MORE,  type: BINTABLE, dims: ">=5 (rows) x 2 cols"}
  - {hdu: 7, extname: FEW,   type: BINTABLE, dims: variable, min_rows: 2}
  - {hdu: 8, extname: NONE,  type: BINTABLE, dims: variable}
"""
TWO = [("a", "1J", 4), ("b", "1D", 8)]


@pytest.fixture(scope="module")
def edge(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs")
    (folder / "edge.yaml").write_text(SPEC)
    return Catalogue(Overlay(Folder(folder), packaged()))


def file(**changed):
    """A file of that product with other HDUs by name."""
    hdus = {
        "SCI": image("SCI", (8, 4)),
        "FIXED": image("FIXED", (3, 4)),
        "LEAST": image("LEAST", (3, 4)),
        "HALF": image("HALF", (4, 4)),
        "ROWS": table("ROWS", TWO, 5),
        "MORE": table("MORE", TWO, 5),
        "FEW": table("FEW", TWO, 2),
        "NONE": table("NONE", TWO, 1),
        **changed,
    }
    head = primary(
        TELESCOP="JWST", DATAMODL="EdgeModel", SUBSIZE1=hdus["SCI"].axes[0], SUBSIZE2=4, FILENAME="x_edge.fits"
    )
    return join([head, *hdus.values()])


def layout(raw, specs, name="x_edge.fits"):
    report = judge_file(raw, name, specs)
    assert report.product in ("edge", "dark")
    return [(f.code, f.extname) for f in report.findings if f.code[:3] in ("ARR", "TAB", "HDU")]


@pytest.mark.parametrize(
    ("hdus", "found"),
    [
        ({}, []),
        *(({"FIXED": image("FIXED", axes)}, [("ARR003", "FIXED")]) for axes in ((2, 4), (4, 4), (3, 3), (3, 5))),
        ({"LEAST": image("LEAST", (3, 4))}, []),
        ({"LEAST": image("LEAST", (4, 4))}, []),
        ({"LEAST": image("LEAST", (2, 4))}, [("ARR003", "LEAST")]),
        ({"LEAST": image("LEAST", (4, 5))}, [("ARR003", "LEAST")]),
        ({"HALF": image("HALF", (5, 4))}, [("ARR003", "HALF")]),
        ({"HALF": image("HALF", (3, 4))}, [("ARR003", "HALF")]),
        ({"SCI": image("SCI", (9, 4)), "HALF": image("HALF", (4, 4))}, [("ARR004", "HALF")]),
        *(({"ROWS": table("ROWS", TWO, n)}, [("TAB006", "ROWS")]) for n in (4, 6)),
        ({"MORE": table("MORE", TWO, 6)}, []),
        ({"MORE": table("MORE", TWO, 4)}, [("TAB006", "MORE")]),
        ({"MORE": table("MORE", TWO[:1], 5)}, [("TAB001", "MORE")]),
        ({"MORE": table("MORE", [*TWO, ("c", "1J", 4)], 5)}, [("TAB001", "MORE")]),
        ({"FEW": table("FEW", TWO, 3)}, []),
        ({"FEW": table("FEW", TWO, 1)}, [("TAB006", "FEW")]),
        ({"FEW": table("FEW", TWO, 0)}, [("TAB006", "FEW")]),
        ({"NONE": table("NONE", TWO, 0)}, [("TAB007", "NONE")]),
        ({"SCI": image("SCI", (8, 4, 1))}, [("ARR002", "SCI")]),
        ({"SCI": image("SCI", (8, 4), -64)}, [("ARR001", "SCI")]),
    ],
)
def test_lengths_are_exact_unless_they_are_a_least(hdus, found, edge):
    assert layout(file(**hdus), edge) == found


@pytest.mark.parametrize(("known", "taken"), [(7, True), (6, False)])
def test_a_table_is_taken_for_another_where_it_has_more_than_half_of_its_columns(known, taken):
    """GROUP has 13 columns."""
    part = next(p for p in split(DARK) if p.name == "GROUP")
    columns = columns_of(part)[:known] + [(f"other{n}", "1J", [bytes(4)] * part.number("NAXIS2")) for n in range(3)]
    raw = edited(DARK, "GROUP", lambda p: with_columns(p, columns).with_card("EXTNAME", "FOREIGN"))
    lost = ["HDU001"] if taken else ["HDU001", "HDU002"]
    assert [c for c in codes(judge_file(raw, NAME)) if c.startswith("HDU")] == lost


@pytest.mark.parametrize("cal_ver", ["1.11.4", "3.0.0"])
@pytest.mark.parametrize(("more", "strict", "found"), [
    (-1, False, ["TAB006"]), (0, False, []), (1, False, []), (-1, True, ["TAB006"]), (0, True, []), (1, True, ["TAB006"]),
])  # fmt: skip
def test_a_table_of_a_segment_may_have_more_rows_but_not_in_strict(cal_ver, more, strict, found):
    raw = make("dark", CATALOGUE, keywords={"CAL_VER": cal_ver}, symbols={"nints": 3}, strict=strict)
    raw = edited(raw, "INT_TIMES", lambda p: with_rows(p, 3 + more))
    assert [c for c in codes(judge_file(raw, NAME, strict=strict)) if c.startswith("TAB")] == found


@pytest.mark.parametrize(("missing", "code"), [(2, "HDU009"), (3, "HDU010")])
def test_half_of_the_arrays_make_a_set(missing, code):
    """Of six required arrays a set that lacks two or three is incomplete; one that lacks more is no set."""
    names = ["SCI", "DQ", "ERR", "VAR_POISSON", "VAR_RNOISE", "VAR_FLAT"]
    parts = [p for v in (1, 2, 3) for p in slit(v, 7, 4, "WAVELENGTH")]
    gone = names[: missing + 1]
    kept = [p for p in parts if not (p.text("EXTVER") == "2" and p.name in gone)]
    report = judge_file(made("MultiSlitModel", "3.0.0", *kept), "jw01234001001_06101_00001_nrs1_cal.fits")
    found = {f.code for f in report.findings if f.code in ("HDU009", "HDU010")}
    assert code in found


LIMIT = 1000.0


def column(code, value, keyword):
    dtype = {"E": ">f4", "D": ">f8", "J": ">i4"}[code]
    part = table("T", [("C", f"1{code}", np.dtype(dtype).itemsize)]).with_card(keyword, LIMIT)
    return [primary(), replace(part, data=np.asarray([value], dtype).tobytes())]


@pytest.mark.parametrize(
    ("code", "keyword", "value", "fires"),
    [
        ("D", "TLMAX1", LIMIT, False),
        ("D", "TLMAX1", LIMIT * (1 + 0.9e-12), False),
        ("D", "TLMAX1", LIMIT * (1 + 1.2e-12), True),
        ("D", "TLMIN1", LIMIT * (1 - 0.9e-12), False),
        ("D", "TLMIN1", LIMIT * (1 - 1.2e-12), True),
        ("D", "TLMIN1", LIMIT * 2, False),
        ("D", "TLMAX1", LIMIT / 2, False),
        ("E", "TLMAX1", LIMIT * (1 + 0.9e-6), False),
        ("E", "TLMAX1", LIMIT * (1 + 1.2e-6), True),
        ("J", "TLMAX1", 1000, False),
        ("J", "TLMAX1", 1001, True),
        ("J", "TLMIN1", 999, True),
    ],
)
def test_numbers_reach_their_limit(code, keyword, value, fires):
    assert bool(findings(column(code, value, keyword), "TAB020")) is fires


@pytest.mark.parametrize(
    ("code", "value", "fires"),
    [
        ("D", LIMIT * (1 + 0.9e-12), False),
        ("D", LIMIT * (1 + 1.2e-12), True),
        ("E", LIMIT * (1 + 0.9e-6), False),
        ("E", LIMIT * (1 + 1.2e-6), True),
        ("J", 1001, True),
    ],
)
@pytest.mark.parametrize("keyword", ["TDMIN1", "TDMAX1"])
def test_stated_extremes_are_those_of_the_column(code, value, keyword, fires):
    assert bool(findings(column(code, value, keyword), "TAB021")) is fires


@pytest.mark.parametrize(
    ("name", "fires"),
    [("jw1_dark.fits", True), ("JW1_dark.fits", True), ("jwx_dark.fits", False), ("kw1_dark.fits", False)],
)
def test_names_that_begin_like_a_product_are_held_to_the_rule(name, fires):
    assert ("PROD006" in codes(judge_file(DARK, name))) is fires


@pytest.mark.parametrize(("lost", "skipped"), [(1, False), (2, True)])
def test_a_cut_in_the_last_hdu_leaves_none_out(lost, skipped):
    """Cut in the data of the last HDU all are there; cut in the one before it, the last may be beyond."""
    parts = split(DARK)
    whole = join(parts[: len(parts) - lost + 1])
    report = judge_file(whole[:-2000], NAME)
    assert ("HDU001" in {s.code for s in report.skipped}) is skipped
