"""Hostile text in every string of a file, and in every string of a report, reaches no terminal and no log."""

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace

import msgspec
import pytest
from builders import Part, join, split
from judging import CATALOGUE, DARK, judge_file
from made_files import make

from jwstprod_check.cli.main import run
from jwstprod_check.config import Options
from jwstprod_check.findings import FileReport, Finding, HduSummary, Ignored, NotChecked, RowSummary, Severity, Skipped
from jwstprod_check.make import file_name
from jwstprod_check.report.inspection import ColumnFacts, FileFacts, HduFacts, inspection
from jwstprod_check.report.layout import MARKS, Paper
from jwstprod_check.report.reporter import REPORTERS
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary

PAPER = Paper(80, False, MARKS)

TEXTS = [
    "\x1b[2J\x9b31m",
    "::error x::y",
    "##[error]x",
    "\r\n::warning::x",
    "\x07\x00\x7f\x85\xad",
    ":::##[[",
    "[bold]x[/]",
]
"""Whatever a terminal or the runner of a continuous integration acts on; all of Latin-1, as bytes of a header are."""


OWN_COMMAND = re.compile(r"^::(error|warning|notice)( [^:\n]*)?::", re.MULTILINE)
"""The one command that a line of a report for GitHub begins with, whose properties contain no colon."""


def assert_harmless(text):
    """What a report may contain: lines of printable text without commands."""
    for line in text.split("\n"):
        assert line.isprintable(), repr(line)
        assert "::" not in line
        assert "##[" not in line


def written(report, form, verbosity=1):
    """A report in a format, as it is printed."""
    out = io.StringIO()
    reporter = REPORTERS[form](out, Style(verbosity, detail=True, color=False))
    summary = Summary()
    summary.add(report)
    summary.trouble(report.path + TEXTS[0], "no such " + "".join(TEXTS), named=True)
    reporter.start(RunInfo("now", Options(select=tuple(TEXTS), exclude=tuple(TEXTS)), TEXTS[1], TEXTS[2]))
    reporter.add(report)
    reporter.finish(summary)
    text = out.getvalue()
    return OWN_COMMAND.sub("", text) if form == "github" else text


def assert_every_format_is_harmless(report):
    for form in REPORTERS:
        for verbosity in (-1, 0, 1):
            text = written(report, form, verbosity)
            assert_harmless(text)
            if "json" in form:
                for line in text.splitlines() if form == "ndjson" else [text]:
                    json.loads(line)


def hostile_report(text):
    """A report each of whose strings is hostile, but for the words of the program: codes and names of rules, the level."""
    finding = Finding(
        "KEY001", "some-rule", Severity.ERROR, text, 0, text, 2, text, text, text, text, text, 5, 3, (text, text + ",2")
    )
    return FileReport(
        text,
        text,
        "structure",
        {text: 1},
        (HduSummary(0, text, 1, text, text, (1,)), HduSummary(1, text, 2, text, text, (1,))),
        (finding, replace_severity(finding)),
        (Skipped("KEY001", text),),
        {text: text},
        (
            RowSummary(0, text, text, text, text, True, True, (0,), "error", text),
            RowSummary(None, text, text, text, text, False, True, (), "missing", text),
        ),
        text,
        (text,),
        1,
        1,
        (Skipped("KEY001", text),),
        (NotChecked("KEY001", text, 1, text),),
        (Ignored("KEY001", 1, text, text),),
    )


def replace_severity(finding):
    return msgspec.structs.replace(finding, severity=Severity.WARNING)


@pytest.mark.parametrize("text", TEXTS)
def test_no_string_of_a_report_is_printed_as_it_is(text):
    report = hostile_report(text)
    for form in REPORTERS:
        assert_harmless(written(report, form))
    left_out = msgspec.structs.replace(report, left_out=text)
    for form in REPORTERS:
        assert_harmless(written(left_out, form))
    columns = (ColumnFacts(1, text, text, text, text),)
    facts = FileFacts(1, 1, True, "", {text: text}, tuple(HduFacts(1, columns) for _ in report.hdus))
    for shown in (facts, msgspec.structs.replace(facts, what=text)):
        assert_harmless("\n".join(inspection(report, shown, PAPER)))


BASES = {
    "dark": make("dark", CATALOGUE, optional=("ZEROFRAME",), checksums=True),
    "x1d": make("x1d", CATALOGUE),
    "ami-oi": make("ami-oi", CATALOGUE),
}


def hostile_cards(card, text):
    """The card with hostile text for its keyword, its value, its comment, and all of it."""
    raw = text.encode("latin-1")
    quoted = b"'" + raw.replace(b"'", b"''") + b"'"
    yield raw[:8].ljust(8) + card[8:]
    yield card[:10] + quoted.ljust(70)[:70]
    yield card[:10] + raw.ljust(70)[:70]
    yield (card[:60] + b" / " + raw).ljust(80)[:80]
    yield (raw * 40)[:80]


def mutants(product, text):
    """The file with one card after the other made hostile in each way."""
    parts = split(BASES[product])
    for at, part in enumerate(parts):
        # All of one product; of others, whose cards are mostly the same, every seventh.
        for n, card in list(enumerate(part.cards))[:: 1 if product == "dark" else 7]:
            for new in hostile_cards(card, text):
                cards = (*part.cards[:n], new, *part.cards[n + 1 :])
                yield join([*parts[:at], replace(part, cards=cards), *parts[at + 1 :]])


@pytest.mark.parametrize("text", ["\x1b::e::##[x]\r\n\x9b", "##[e]::x\x07\x7f"])
@pytest.mark.parametrize("product", BASES)
def test_no_card_of_a_file_is_printed_as_it_is(product, text):
    name = file_name(CATALOGUE.spec(product))
    for raw in mutants(product, text):
        report = judge_file(raw, name)
        assert_harmless(written(report, "concise"))
        assert_harmless(written(report, "json"))
        assert not [f for f in report.findings if f.code == "TOOL001"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("product", BASES)
def test_names_values_and_paths_are_harmless_in_every_format(product, text):
    name = file_name(CATALOGUE.spec(product))
    parts = split(BASES[product])
    for keyword in ("EXTNAME", "TTYPE1", "TUNIT1", "TFORM1", "XTENSION", "BUNIT"):
        changed = [
            p.with_card(keyword, value(text)) if i and keyword_fits(p, keyword) else p for i, p in enumerate(parts)
        ]
        assert_every_format_is_harmless(judge_file(join_any(changed), name, table=True))
    for keyword in (
        "FILENAME",
        "DATAMODL",
        "EXP_TYPE",
        "TELESCOP",
        "INSTRUME",
        "CAL_VER",
        "DATE",
        "DATE-BEG",
        "NGROUPS",
    ):
        changed = [parts[0].with_card(keyword, value(text)), *parts[1:]]
        assert_every_format_is_harmless(judge_file(join(changed), name, table=True))
    assert_every_format_is_harmless(judge_file(BASES[product], f"a{text}/{text}{name}", table=True))
    assert_every_format_is_harmless(judge_file(BASES[product], f"{text}.fits", table=True))


def value(text):
    raw = text.encode("latin-1").replace(b"'", b"''")
    return b"'" + raw.ljust(8) + b"'"


def keyword_fits(part, keyword):
    return part.text("XTENSION") == "BINTABLE" or not keyword.startswith("T")


def join_any(parts):
    return join([Part(p.cards, p.data) for p in parts])


def outputs(*args):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run([str(a) for a in args])
    return status, out.getvalue(), err.getvalue()


PATHS = [t.replace("\x00", "").replace("/", "") for t in TEXTS]


@pytest.mark.parametrize("text", PATHS)
def test_commands_print_no_hostile_path_and_no_hostile_name(tmp_path, text):
    parts = split(DARK.read_bytes())
    changed = [p.with_card("EXTNAME", value(text)) if i == 2 else p for i, p in enumerate(parts)]
    changed[0] = changed[0].with_card("OBJECT", value(text)).with_card("DATAMODL", value(text))
    folder = tmp_path / f"d{text}"
    folder.mkdir()
    path = folder / f"{text}x_dark.fits"
    path.write_bytes(join(changed))
    (folder / f"{text}.fits.bz2").write_bytes(b"")
    (folder / f".{text}").mkdir()
    (folder / f"{text}gone.fits").symlink_to("nowhere")
    (folder / f"{text}cut.fits").write_bytes(path.read_bytes()[:9000])
    calls = [
        ("check", folder), ("check", "-v", "--data", folder), ("check", "--format", "rich", folder), ("check", "--format", "json", folder),
        ("check", "--format", "ndjson", folder), ("check", "-q", folder), ("check", f"{folder}/*{text}nothing*"), ("check", f"{folder}/{text}nosuch"),
        ("check", "--exclude", f"*{text}*", "-v", folder), ("check", "--format", f"json={folder}/no{text}/{text}", path), ("check", "--format", text, path),
        ("check", "--select", text, path), ("check", "--product", text, path), ("check", "--profile", text, path), ("check", "--specs", folder, path),
        ("check", "--specs", f"{folder}{text}", path), ("check", "--files-from", f"{folder}/{text}", path), ("check", f"--{text}", path),
        ("check", "--files-from", path), ("check", f"{text}://x"), ("info", path), ("info", "--format", "json", path), ("info", f"{path}{text}"), ("info", folder),
        ("info", "--header", "NOSUCH", path), ("info", "--header", text, path), ("info", "--header", "0", path), ("info", "--header", "2", path),
        ("info", "--product", text, path), ("info", f"{folder}/{text}cut.fits"), ("rule", text), ("spec", "show", text), ("spec", "lint", folder),
        ("make", text, folder), ("make", "dark", f"{folder}/{text}/x.fits"), ("make", "dark", path), ("make", "dark", folder, "--set", text), (text,),
    ]  # fmt: skip
    for call in calls:
        status, out, err = outputs(*call)
        assert status in {0, 1, 2}
        assert_harmless(out)
        assert_harmless(err)
        assert "internal error" not in err, (call, err)
        assert "Traceback" not in err


def test_what_is_harmless_is_printed_as_it_is():
    report = judge_file(DARK.read_bytes(), "na\u00efve: 100 % [bold] #1.fits")
    assert "na\u00efve: 100 % [bold] #1.fits:" in written(report, "concise")
    assert not re.search(r"\\x", written(report, "concise").splitlines()[0])
