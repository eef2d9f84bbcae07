"""The specs of dark, trapsfilled and wfscmb are the documented tables, cell by cell."""

import re

import pytest
from judging import CATALOGUE, DATA

PAGE = (DATA / "nonscience_products.rst").read_text()
PRODUCTS = ("dark", "trapsfilled", "wfscmb")


def documented(product):
    """Rows of the grid table in the section of a product: (HDU, EXTNAME, type, dtype, dims, asterisk)."""
    section = PAGE[PAGE.index(f"``{product}``\n") :]
    rows = []
    for line in section.splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows and not line.startswith("+"):
            break
    assert rows[0] == ["HDU", "EXTNAME", "HDU Type", "Data Type", "Dimensions"]

    def said(cell):
        return None if cell in {"", "N/A"} else cell

    return [
        (int(hdu) if hdu else None, said(name.rstrip("*")), kind, said(dtype), said(dims), name.endswith("*"))
        for hdu, name, kind, dtype, dims in rows[1:]
    ]


@pytest.mark.parametrize("product", PRODUCTS)
def test_rows_are_those_of_the_documented_table(product):
    spec = CATALOGUE.spec(product)
    found = [(r.hdu, r.extname, r.type, r.dtype, r.dims, r.optional) for r in spec.documents]
    assert found == documented(product)


def test_tables_of_the_page_have_the_rows_that_they_have():
    assert [len(documented(p)) for p in PRODUCTS] == [10, 3, 5]


@pytest.mark.parametrize("product", PRODUCTS)
def test_documentation_names_a_section_of_the_page(product):
    page, _, anchor = CATALOGUE.spec(product).documentation.partition("#")
    assert page == "nonscience_products.rst"
    label = PAGE.index(f".. _{anchor}:")
    assert re.search(r"``(\w+)``", PAGE[label:])[1] == product


@pytest.mark.parametrize("product", PRODUCTS)
def test_title_is_that_of_the_section(product):
    assert f"\n{CATALOGUE.spec(product).title}: ``{product}``\n" in PAGE


def test_conditions_are_those_of_the_text():
    rows = {r.name: r for r in CATALOGUE.spec("dark").rows}
    assert "Only appears if the zero-frame data were requested to be downlinked separately." in PAGE
    assert rows["ZEROFRAME"].when.names == {"ZEROFRAM"}
    assert "Only appears in MIRI exposures." in PAGE
    assert rows["REFOUT"].when.text == 'INSTRUME == "MIRI"'


def test_int_times_has_its_seven_columns():
    table = next(r.columns for r in CATALOGUE.spec("dark").rows if r.name == "INT_TIMES")
    assert [(c.name, c.dtype) for c in table.columns] == [
        ("integration_number", "int32"),
        ("int_start_MJD_UTC", "float64"),
        ("int_mid_MJD_UTC", "float64"),
        ("int_end_MJD_UTC", "float64"),
        ("int_start_BJD_TDB", "float64"),
        ("int_mid_BJD_TDB", "float64"),
        ("int_end_BJD_TDB", "float64"),
    ]
