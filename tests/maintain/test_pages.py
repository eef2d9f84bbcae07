"""Tables of HDUs, read from pages of the documentation."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rst_pages import HEADER, cells, grid, page_of, section

from jwstprod_check.maintain.pages import DocumentedRow, documented, parse_page

PRIMARY = ("0", "N/A", "primary", "N/A", "N/A")
SCI = ("1", "SCI", "IMAGE", "float32", "ncols x nrows")


def tables(*rows, before="", after=""):
    text = f"{before}\nTitle ``dark``\n{'^' * 14}\n\n{grid([HEADER, *rows])}\n\n{after}\n"
    return parse_page(text, "page.rst").tables


def test_the_page_of_the_non_science_products_has_three_tables(data):
    page = parse_page((data / "nonscience_products.rst").read_text(), "nonscience_products.rst")
    assert [(t.line, len(t.rows)) for t in page.tables] == [(12, 10), (64, 3), (88, 5)]
    assert {"dark", "trfld", "wfscmb"} <= page.labels
    assert page.malformed == ()


def test_an_asterisk_marks_an_optional_row():
    (table,) = tables(PRIMARY, ("", "REFOUT*", "IMAGE", "uint16", "ncols/4 x nrows"))
    assert table.rows[1] == DocumentedRow(None, "REFOUT", "IMAGE", "uint16", "ncols/4 x nrows", True)


@pytest.mark.parametrize("name", ["N/A", "PRIMARY", ""])
def test_the_primary_has_no_extname_whatever_its_cell_says(name):
    (table,) = tables(("0", name, "primary", "N/A", "N/A"))
    assert table.rows[0] == DocumentedRow("0", None, "primary", None, None, False)


def test_cells_are_compared_without_the_blanks_of_their_layout():
    text = (
        "Title\n^^^^^\n\n"
        "+-----+--------------+----------+-----------+------------------+\n"
        "| HDU |   EXTNAME    | HDU Type | Data Type |   Dimensions     |\n"
        "+=====+==============+==========+===========+==================+\n"
        "|  3  |    OI_T3     | BINTABLE |    N/A    | 14 cols x 35 rows|\n"
        "+-----+--------------+----------+-----------+------------------+\n"
    )
    (table,) = parse_page(text, "page.rst").tables
    assert table.rows == (DocumentedRow("3", "OI_T3", "BINTABLE", None, "14 cols x 35 rows", False),)


def test_a_table_of_columns_is_no_table_of_hdus():
    text = "Title\n^^^^^\n\n" + grid([("Column Name", "Data Type"), ("FLUX", "float64")]) + "\n"
    assert parse_page(text, "page.rst").tables == ()


def test_a_table_inside_a_directive_of_sphinx_is_found():
    inside = "\n".join(f"   {line}" for line in grid([HEADER, PRIMARY]).splitlines())
    text = f"Title\n^^^^^\n\n.. tab-set::\n   :sync-group: x\n\n   Some ``dark`` text.\n\n{inside}\n"
    (table,) = parse_page(text, "page.rst").tables
    assert table.title == "Title"
    assert table.literals[0] == {"dark"}


def test_roles_and_substitutions_of_sphinx_do_not_disturb():
    before = "See :ref:`x <y>`, :py:class:`a.b`, |release| and `c`_.\n"
    (table,) = tables(PRIMARY, SCI, before=before, after=".. versionadded:: 3.0\n   More of it.")
    assert len(table.rows) == 2


def test_a_page_reads_no_other_file(tmp_path):
    (tmp_path / "secret.rst").write_text(grid([HEADER, PRIMARY]))
    text = f"Title\n^^^^^\n\n.. include:: {tmp_path}/secret.rst\n\n.. raw:: html\n\n   <b>x</b>\n"
    assert parse_page(text, "page.rst").tables == ()


def test_a_table_of_hdus_that_is_no_grid_is_told():
    broken = grid([HEADER, PRIMARY]).replace("| Dimensions |", "| Dimensions|")
    page = parse_page(f"Title\n^^^^^\n\n{broken}\n", "page.rst")
    assert page.tables == ()
    assert len(page.malformed) == 1


def test_a_single_section_keeps_its_label():
    page = parse_page(section("Data: ``dark``", ["dark"], [("So:", grid([HEADER, PRIMARY]))]), "page.rst")
    assert "dark" in page.tables[0].labels[0]
    assert page.tables[0].captions[0] == "So:"


def test_every_row_of_every_spec_survives_its_way_through_a_page(catalogue):
    for name in catalogue.names():
        spec = catalogue.spec(name)
        if spec.format == "FITS":
            (table,) = parse_page(page_of(spec), "page.rst").tables
            assert table.rows == tuple(documented(row) for row in spec.documents), name


@settings(max_examples=30)
@given(st.data())
def test_any_rows_survive_their_way_through_a_page(data):
    word = st.from_regex(r"[A-Z][A-Z0-9_-]{0,11}", fullmatch=True).filter(lambda w: not w.endswith(("_", "-")))
    rows = [PRIMARY]
    for index, name in enumerate(data.draw(st.lists(word, min_size=1, max_size=6, unique=True)), 1):
        rows.append(
            (
                data.draw(st.sampled_from(["", str(index)])),
                name + data.draw(st.sampled_from(["", "*"])),
                data.draw(st.sampled_from(["IMAGE", "BINTABLE"])),
                data.draw(st.sampled_from(["float32", "uint16", "N/A", ""])),
                data.draw(st.sampled_from(["ncols x nrows", "variable", "nints (rows) x 7 cols", "N/A"])),
            )
        )
    (table,) = tables(*rows)
    written = [(r.hdu or "", (r.extname or "") + "*" * r.optional, r.type, r.dtype, r.dims) for r in table.rows[1:]]
    absent = {"": None, "N/A": None}
    assert written == [(h, n, k, absent.get(d, d), absent.get(a, a)) for h, n, k, d, a in rows[1:]]


def test_cells_of_a_spec_row_read_as_the_page_writes_them(catalogue):
    row = catalogue.spec("dark").documents[8]
    assert cells(row) == ("", "REFOUT*", "IMAGE", "uint16", "ncols/4 x nrows x ngroups x nints")
