"""The dimension expressions, exactly as the documents write them."""

from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jwstprod_check.spec.dims import evaluate, parse_dims, parse_factor, solve
from jwstprod_check.spec.errors import SpecError

# Every form of the grid tables of the jwst documentation (data_products): HDU type, text, axes or (columns, rows).
TABLES = {
    "1 col x 1 row": ("1", "1"),
    "10 col x 21 rows": ("10", "21"),
    "10 cols x nstars": ("10", "nstars"),
    "12 cols x 21 rows": ("12", "21"),
    "12 cols x nrows": ("12", "nrows"),
    "14 cols x 35 rows": ("14", "35"),
    "16 col x 35 rows": ("16", "35"),
    "17 cols x nrows": ("17", "nrows"),
    "4 cols x nstars": ("4", "nstars"),
    "5 cols x nrows": ("5", "nrows"),
    "nints (rows) x 7 cols": ("7", "nints"),
    "nints cols x 44 rows": ("nints", "44"),
    "variable cols x 1 row": (None, "1"),
    "variable x 13 cols": ("13", None),
    "variable x 8 cols": ("8", None),
}
IMAGES = [
    "128 x 128",
    "128 x 128 x 2 x 6",
    "128 x 128 x 6",
    "2024 x 2048",
    "2024 x 2048 x 1",
    "2024 x 2048 x 2 x 2",
    "2304 x 2048",
    "2304 x 2048 x 1",
    "2304 x 2048 x 2 x 2",
    "32 x 32",
    "32 x 32 x 2 x 5",
    "32 x 32 x 2 x nints",
    "32 x 32 x 5",
    "32 x 32 x nints",
    "342 x 730",
    "8 x 8",
    "8 x 8 x 8 x nints",
    "8 x 8 x nints",
    "ncols x nrows",
    "ncols x nrows x 3",
    "ncols x nrows x ngroups x nints",
    "ncols x nrows x nints",
    "ncols x nrows x nplanes",
    "ncols x nrows x npsfs",
    "ncols x nrows x nwaves",
    "ncols/4 x nrows x ngroups x nints",
    "nints x ncols x nrows",
]


@pytest.mark.parametrize(("text", "sides"), TABLES.items())
def test_table_forms_of_the_documents(text, sides):
    dims = parse_dims(text, "BINTABLE")
    found = tuple(None if f is None else str(f) for f in (dims.cols, dims.rows))
    assert (dims.kind, found) == ("table", sides)


@pytest.mark.parametrize("text", IMAGES)
def test_image_forms_of_the_documents(text):
    dims = parse_dims(text, "IMAGE")
    assert dims.kind == "image"
    assert [str(a) for a in dims.axes] == text.split(" x ")
    assert str(dims) == text


@pytest.mark.parametrize(
    ("text", "hdu_type", "kind"), [("variable", "BINTABLE", "variable"), ("N/A", "primary", "none")]
)
def test_forms_without_dimensions(text, hdu_type, kind):
    dims = parse_dims(text, hdu_type)
    assert (dims.kind, str(dims), dims.symbols) == (kind, text, frozenset())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a dimension"),
        ("ncols x ", "not a dimension"),
        ("ncols x x nrows", "not a dimension"),
        ("ncols * nrows", "product of two symbols"),
        ("ncols / nrows", "only a number other than 0"),
        ("ncols / 0", "only a number other than 0"),
        ("ncols ** 2", "not a dimension"),
        ("2.5", "not a dimension"),
        ("True", "not a dimension"),
        ("f(ncols)", "not a dimension"),
        ("ncols.real", "not a dimension"),
        ("n" * 200, "not a dimension"),
    ],
)
def test_other_image_dims_are_refused(text, reason):
    with pytest.raises(SpecError, match=reason):
        parse_dims(text, "IMAGE")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("7 cols", "a table has columns and rows"),
        ("7 cols x 2 rows x 3", "a table has columns and rows"),
        ("7 cols x 2 cols", "both dimensions"),
        ("nints x nrows", "neither dimension"),
        ("variable x variable", "neither dimension"),
    ],
)
def test_other_table_dims_are_refused(text, reason):
    with pytest.raises(SpecError, match=reason):
        parse_dims(text, "BINTABLE")


def test_symbol_may_be_called_like_a_unit():
    dims = parse_dims("12 cols x nrows", "BINTABLE")
    assert (str(dims.cols), str(dims.rows)) == ("12", "nrows")
    assert parse_dims("nrows x ncols", "IMAGE").symbols == {"nrows", "ncols"}


def test_lower_bounds_are_marked():
    dims = parse_dims(">=nints (rows) x 7 cols", "BINTABLE")
    assert dims.rows.at_least
    assert not dims.cols.at_least
    assert str(dims) == "7 cols x >=nints rows"


NAMES = st.sampled_from(["ncols", "nrows", "ngroups", "nints", "nstripes"])
NUMBERS = st.integers(1, 5000)
FACTORS = st.one_of(
    NUMBERS.map(str),
    NAMES,
    st.builds("{}/{}".format, NAMES, st.integers(1, 9)),
    st.builds("{}*{}".format, st.integers(1, 9), NAMES),
    st.builds("{}*{}+{}".format, st.integers(1, 9), NAMES, NUMBERS),
    st.builds("({}-{})/{}".format, NAMES, NUMBERS, st.integers(1, 9)),
    st.builds("{}+{}".format, NAMES, NAMES),
)
LOWER = st.builds("{}{}".format, st.sampled_from(["", ">="]), FACTORS)


@given(st.lists(LOWER, min_size=1, max_size=6))
def test_image_dims_survive_a_round_trip(factors):
    dims = parse_dims(" x ".join(factors), "IMAGE")
    assert parse_dims(str(dims), "IMAGE") == dims


@given(st.one_of(st.none(), FACTORS), st.one_of(st.none(), LOWER))
def test_table_dims_survive_a_round_trip(cols, rows):
    dims = parse_dims(f"{cols or 'variable'} cols x {rows or 'variable'} rows", "BINTABLE")
    assert parse_dims(str(dims), "BINTABLE") == dims
    assert dims.cols == (None if cols is None else parse_factor(cols))
    assert dims.rows == (None if rows is None else parse_factor(rows))


@given(st.text(max_size=40), st.sampled_from(["IMAGE", "BINTABLE", "primary"]))
def test_any_text_is_dims_or_a_spec_error(text, kind):
    with suppress(SpecError):
        assert str(parse_dims(text, kind))


VALUES = st.fixed_dictionaries({n: st.integers(1, 10**6) for n in ("ncols", "nrows", "ngroups", "nints", "nstripes")})


@given(FACTORS, VALUES)
def test_factor_has_the_value_of_its_arithmetic(text, values):
    from fractions import Fraction

    numerator, denominator = evaluate(parse_factor(text), values)
    exact = {n: Fraction(v) for n, v in values.items()}
    assert Fraction(numerator, denominator) == Fraction(eval(text, {}, exact))


@given(FACTORS, VALUES)
def test_solver_finds_what_was_planted(text, values):
    factor = parse_factor(text)
    assume(len(factor.symbols) == 1)
    (name,) = factor.symbols
    numerator, denominator = evaluate(factor, values)
    assume(denominator == 1)
    assert solve(factor, numerator, {}) == (name, (values[name], 1))


@given(st.sampled_from(["ncols+nrows", "2*ncols-nints+3", "nrows+ngroups*5"]), VALUES)
def test_known_symbols_leave_the_last_to_be_solved(text, values):
    factor = parse_factor(text)
    unknown = min(factor.symbols)
    numerator, denominator = evaluate(factor, values)
    assert solve(factor, numerator, {n: v for n, v in values.items() if n != unknown}) == (
        unknown,
        (values[unknown], 1),
    )
    assert solve(factor, numerator, {}) is None
    assert denominator == 1


def test_inexact_divisions_keep_their_remainder():
    assert evaluate(parse_factor("ncols/4"), {"ncols": 18}) == (9, 2)
    assert solve(parse_factor("4*ncols"), 18, {}) == ("ncols", (9, 2))


def test_unknown_symbols_have_no_value():
    assert evaluate(parse_factor("ncols/4"), {}) is None
    assert solve(parse_factor("3"), 3, {}) is None


@pytest.mark.parametrize(("rank", "text"), [(1, "a x b [x c]"), (2, "a x b"), (3, "a x b [x c]"), (4, "a x b [x c]")])
def test_last_axis_may_be_absent(rank, text):
    dims = parse_dims("a x b [x c]", "IMAGE")
    assert (str(dims), dims.symbols) == ("a x b [x c]", {"a", "b", "c"})
    assert str(dims.of_rank(rank)) == text


@pytest.mark.parametrize("text", ["[x c]", "a [x c] x b", "a [x b] [x c]", "a [x b", "a [b]"])
def test_only_the_last_axis_may_be_absent(text):
    with pytest.raises(SpecError):
        parse_dims(text, "IMAGE")
