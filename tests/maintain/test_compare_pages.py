"""``jwstprod spec diff PAGE.rst``: whose table it is, and how it differs from the spec."""

import pytest
from rst_pages import HEADER, cells, grid, page_of, pages, section, table

from jwstprod_check.maintain.compare_pages import compare_pages
from jwstprod_check.maintain.pages import parse_page


@pytest.fixture(scope="module")
def nonscience(data):
    return (data / "nonscience_products.rst").read_text()


@pytest.fixture
def compare(catalogue):
    def run(text, name="nonscience_products.rst"):
        return compare_pages([parse_page(text, name)], catalogue)

    return run


def said(result):
    return [str(difference) for difference in result.differences]


def test_the_specs_restate_the_page_of_the_non_science_products(compare, nonscience):
    result = compare(nonscience)
    assert said(result) == []
    assert (result.tables, result.products) == (3, ("dark", "trapsfilled", "wfscmb"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "| uint8     | ncols",
            "| uint16    | ncols",
            "dark: GROUPDQ: Data Type is 'uint16' in the page, 'uint8' in the spec",
        ),
        ("|  5  | GROUP ", "|     | GROUP ", "dark: GROUP: HDU is empty in the page, '5' in the spec"),
        (
            "| GROUP      | BINTABLE |",
            "| GROUP      | IMAGE    |",
            "dark: GROUP: HDU Type is 'IMAGE' in the page, 'BINTABLE' in the spec",
        ),
        (
            "x nrows x 3 |",
            "x nrows x 4 |",
            "trapsfilled: SCI: Dimensions is 'ncols x nrows x 4' in the page, 'ncols x nrows x 3' in the spec",
        ),
        (
            "| ZEROFRAME* |",
            "| ZEROFRAME  |",
            "dark: ZEROFRAME: required in the page, optional in the spec (an asterisk at EXTNAME means optional)",
        ),
    ],
)
def test_a_changed_cell_is_named(compare, nonscience, old, new, message):
    assert nonscience.count(old) == 1
    (line,) = said(compare(nonscience.replace(old, new)))
    assert line.endswith(message)
    assert line.startswith("nonscience_products.rst:")


def test_a_row_that_the_spec_does_not_have_is_named(compare, catalogue):
    rows = [HEADER, *map(cells, catalogue.spec("dark").documents), ("", "MASK*", "IMAGE", "uint32", "ncols x nrows")]
    text = section("Dark: ``dark``", ["dark"], [("So:", grid(rows))])
    assert said(compare(text, "x.rst")) == [
        "x.rst:9: dark: MASK: the spec has no such row (IMAGE, uint32, ncols x nrows, optional)"
    ]


def test_a_row_that_the_page_does_not_have_is_named(compare, catalogue):
    rows = [HEADER, *map(cells, catalogue.spec("dark").documents)]
    text = section("Dark: ``dark``", ["dark"], [("So:", grid(rows[:5] + rows[6:]))])
    assert said(compare(text, "x.rst")) == [
        "x.rst:9: dark: ERR: the page has no such row (HDU 4, IMAGE, float32, ncols x nrows x ngroups x nints)"
    ]


def test_another_order_of_rows_is_a_difference(compare, catalogue):
    rows = [HEADER, *map(cells, catalogue.spec("dark").documents)]
    text = section("Dark: ``dark``", ["dark"], [("So:", grid([*rows[:-2], rows[-1], rows[-2]]))])
    assert said(compare(text, "x.rst")) == ["x.rst:9: dark: rows are in another order, from ASDF on"]


def test_a_row_that_stands_twice_is_a_row_too_many(compare, catalogue):
    rows = [HEADER, *map(cells, catalogue.spec("dark").documents)]
    text = section("Dark: ``dark``", ["dark"], [("So:", grid([*rows, rows[-1]]))])
    assert said(compare(text, "x.rst")) == [
        "x.rst:9: dark: ASDF: the spec has no such row (BINTABLE, variable)",
    ]


def test_a_missing_column_of_the_table_is_a_difference_and_its_cells_are_not(compare, catalogue):
    rows = [HEADER, *map(cells, catalogue.spec("wfscmb").documents)]
    text = section("Data: ``wfscmb``", ["wfscmb"], [("So:", grid([r[:3] + r[4:] for r in rows]))])
    assert said(compare(text, "x.rst")) == ["x.rst:9: wfscmb: the table has no column Data Type"]


def test_a_table_that_left_the_page_is_missed(compare, nonscience):
    head, _, tail = nonscience.partition(".. _trfld:")
    assert said(compare(head + ".. _wfscmb:" + tail.partition(".. _wfscmb:")[2])) == [
        "nonscience_products.rst: trapsfilled: the page has no table of the product"
    ]


def test_a_table_that_left_its_section_is_missed_whatever_the_page_is_called(compare):
    text = section("Data: ``dark``", ["dark"], [])
    assert said(compare(text, "x.rst")) == ["x.rst: dark: the page has no table of the product"]


def test_a_table_that_is_no_grid_is_a_difference(compare, nonscience):
    text = nonscience.replace("|  1  | SCI     | IMAGE    | float32   | ncols x nrows x 3 |", "|  1  | SCI |")
    lines = said(compare(text))
    assert "trapsfilled: the page has no table of the product" in lines[-1]
    assert "cannot be read" in lines[0]


def test_a_product_without_a_spec_is_a_difference(compare, catalogue):
    text = section("New data: ``newtype``", ["newtype"], [("So:", table(catalogue.spec("wfscmb")))])
    assert said(compare(text, "x.rst")) == [
        "x.rst:9: a table of HDUs of 'New data: newtype', which no spec has as its documentation"
    ]


def test_a_second_table_of_a_product_is_a_difference(compare, catalogue):
    both = [("So:", table(catalogue.spec("dark")))] * 2
    (line,) = said(compare(section("Dark: ``dark``", ["dark"], both), "x.rst"))
    assert line.endswith("dark: a second table of the product")


def test_two_tables_of_a_section_that_nothing_tells_apart_are_nobodys(compare, catalogue):
    both = [("So:", table(catalogue.spec(name))) for name in ("rate", "rateints")]
    lines = said(compare(section("Data: ``rate`` and ``rateints``", ["rate", "rateints"], both), "x.rst"))
    assert sum("does not identify which of rate and rateints" in line for line in lines) == 2


def test_the_label_alone_tells_the_product(compare, catalogue):
    text = page_of(catalogue.spec("dark")).replace("``dark``", "")
    assert compare(text, "x.rst").products == ("dark",)


def test_the_title_alone_tells_the_product(compare, catalogue):
    text = page_of(catalogue.spec("dark")).replace(".. _dark:", "")
    assert compare(text, "x.rst").products == ("dark",)


def test_all_specs_written_as_pages_have_no_difference(catalogue):
    made = pages(catalogue)
    assert set(made) >= {"science_products.rst", "guidestar_products.rst", "msa_metadata.rst"}
    result = compare_pages([parse_page(text, name) for name, text in made.items()], catalogue)
    assert said(result) == []
    documented = {n for n in catalogue.names() if catalogue.document(n).hdus and "#" in catalogue.spec(n).documentation}
    assert documented - {"segm"} <= set(result.products)


def test_tables_of_the_guide_star_functions_are_told_by_the_words_before_them(catalogue):
    text = pages(catalogue)["guidestar_products.rst"]
    swapped = text.replace('uncalibrated ID "image"', 'uncalibrated ID "stacked"', 1)
    result = compare_pages([parse_page(swapped, "guidestar_products.rst")], catalogue)
    lines = said(result)
    assert any("gs-id-stacked-uncal: SCI: Dimensions is '2024 x 2048 x 2 x 2' in the page" in line for line in lines)
    assert "guidestar_products.rst: gs-id-image-uncal: the page has no table of the product" in lines


def test_hostile_cells_are_shown_escaped(compare, catalogue):
    rows = [HEADER, *map(cells, catalogue.spec("wfscmb").documents), ("", "A\u202eB", "IMAGE", "", "")]
    (line,) = said(compare(section("Data: ``wfscmb``", ["wfscmb"], [("So:", grid(rows))]), "x.rst"))
    assert line.isprintable()
