"""Text for pages: breaking, tables, colours."""

import io

import pytest

from jwstprod_check.report.layout import COLORS, LEGEND, MARKS, Paper, legend, marks_of, paper_of, table, wrapped


def luminance(number):
    """Relative luminance of a colour in the table of 256 (WCAG 2.1; xterm's levels)."""
    levels = (0, 95, 135, 175, 215, 255)
    if number >= 232:
        parts = [8 + 10 * (number - 232)] * 3
    else:
        parts = [levels[(number - 16) // step % 6] for step in (36, 6, 1)]
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("state", COLORS)
def test_colours_can_be_read_on_black_and_on_white(state):
    light = luminance(COLORS[state])
    assert min((light + 0.05) / 0.05, 1.05 / (light + 0.05)) >= 3.8


def test_lines_break_between_words_and_the_next_is_indented():
    lines = list(wrapped("one two three four", 12, "* ", "    "))
    assert lines == ["* one two", "    three", "    four"]


@pytest.mark.parametrize("text", ["http://" + "x" * 90, "a" * 61])
def test_a_long_word_stays_whole(text):
    assert list(wrapped(f"see {text}", 60, later="  ")) == ["see", f"  {text}"]


def test_blanks_within_a_line_are_kept_and_dimensions_stay_together():
    assert list(wrapped("error    HDU001  in 1 file", 40)) == ["error    HDU001  in 1 file"]
    assert list(wrapped("IMAGE float32 64 x 64 x 5 x 2", 20)) == ["IMAGE float32", "64 x 64 x 5 x 2"]


def test_dimensions_are_broken_where_they_have_no_room():
    assert list(wrapped("IMAGE 64 x 64 x 5 x 2", 9)) == ["IMAGE 64", "x 64 x 5", "x 2"]
    lines = [line for _, line in table([("a long name", "64 x 64 x 5 x 2")], 21, flexible=(1,))]
    assert lines == ["a long name  64 x 64", "             x 5 x 2"]


def test_nothing_is_one_empty_line():
    assert list(wrapped("", 60, "  ")) == [""]


def test_only_flexible_columns_of_a_table_are_broken():
    rows = [("1", "a name that is long", "words to break here")]
    lines = list(table(rows, 36, flexible=(2,)))
    assert lines == [(0, "1  a name that is long  words to"), (0, " " * 24 + "break here")]


def test_a_table_that_fits_is_not_broken_and_its_lines_have_no_blanks_at_the_end():
    rows = [("a", "bb"), ("ccc", "")]
    assert list(table(rows, 60, flexible=(0, 1), right=(0,))) == [(0, "  a  bb"), (1, "ccc")]


def test_legend_has_only_the_marks_that_are_shown_and_one_for_missing_and_error():
    assert legend({"ok", "missing", "error"}, MARKS) == "✓ as documented, ✗ error"
    assert set(LEGEND) | {"missing"} == set(MARKS)


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", "✓"), ("UTF8", "✓"), (None, "✓"), ("ascii", "ok"), ("latin-1", "ok")]
)
def test_marks_are_those_of_the_encoding(encoding, mark):
    assert marks_of(encoding)["ok"] == mark


@pytest.mark.parametrize(
    ("environment", "color"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colour_is_for_terminals_or_where_it_is_forced(monkeypatch, environment, color):
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert paper_of(io.StringIO()).color is color


@pytest.mark.parametrize(
    ("columns", "width"), [("80", 80), ("100", 100), ("300", 120), ("10", 60), ("x", 100), ("9" * 5000, 100)]
)
def test_width_is_that_of_columns_within_bounds(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    assert paper_of(io.StringIO()).width == width


def test_paint_leaves_text_without_colour_as_it_is():
    assert Paper(80, False, MARKS).paint("x", "error") == "x"
    assert Paper(80, True, MARKS).paint("x", "error") == "\x1b[1;38;5;160mx\x1b[0m"
    assert Paper(80, True, MARKS).paint("x", "") == "x"
