"""The line that a long run shows on a terminal."""

import pytest
from shared_run import BAD, GOOD

from jwstprod_check.cli import progress
from jwstprod_check.cli.progress import ERASE, followed


@pytest.fixture
def terminal(monkeypatch, capsys):
    """What is written to standard error, from the first report on."""
    monkeypatch.setattr(progress, "DELAY", -1.0)
    monkeypatch.setattr(progress, "INTERVAL", -1.0)
    monkeypatch.setattr(progress, "COUNTING", 1e9)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    return lambda: capsys.readouterr().err


@pytest.mark.parametrize(
    ("count", "total", "failing", "elapsed", "text"),
    [
        (1200, 5000, 3, 2.0, "1,200 of 5,000 files, 3 fail, 600 a second, 6 s left"),
        (10, None, 1, 4.0, "10 files, 1 fails, 2.5 a second"),
        (10, 1000, 0, 10.0, "10 of 1,000 files, 0 fail, 1.0 a second, 16 min 30 s left"),
        (10, 100_000, 0, 10.0, "10 of 100,000 files, 0 fail, 1.0 a second, 27 h 46 min left"),
        (7, 5, 0, 1.0, "7 of 7 files, 0 fail, 7.0 a second, 0 s left"),
    ],
)
def test_line_has_total_rate_and_time_left(count, total, failing, elapsed, text):
    assert progress.progress(count, total, failing, elapsed) == text


def test_reports_come_through_and_the_line_is_removed(terminal):
    assert list(followed(iter([GOOD, BAD, GOOD]), iter(["a", "b", "c"]))) == [GOOD, BAD, GOOD]
    text = terminal()
    assert "2 of 3 files, 1 fails" in text.split(ERASE)[2]
    assert text.endswith(ERASE)


def test_without_a_list_no_total_is_shown(terminal):
    list(followed(iter([GOOD, GOOD])))
    text = terminal()
    assert "2 files, 0 fail" in text
    assert "left" not in text


def test_total_of_many_files_is_counted_in_steps(terminal):
    list(followed(iter([GOOD]), (str(n) for n in range(1000))))
    assert "1 of 1,000 files" in terminal()


def test_dumb_terminal_shows_nothing(terminal, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert list(followed(iter([GOOD]), iter(["a"]))) == [GOOD]
    assert terminal() == ""


def test_line_fits_the_terminal(terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    list(followed(iter([GOOD]), iter(["a"])))
    assert max(len(part) for part in terminal().split(ERASE)) <= 19
