"""The engine: every rule runs or says why not, crashes are isolated, repeats fold, choices are honoured."""

import pytest
from builders import edited, image, join, split
from judging import CATALOGUE, DATA, judge_file, use_rules
from made_files import make

from jwstprod_check.engine.run import LEARN_FROM, MAX_PROBLEMS
from jwstprod_check.findings import MAX_PLACES, Severity
from jwstprod_check.make import file_name
from jwstprod_check.rules import all_rules
from jwstprod_check.rules.rule import Problem, Skip, rule

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))


@rule("TEST001", "first", scope="file")
def first(context):
    """One finding at HDU 2."""
    yield Problem("first", hdu=context.file.hdus[2])


@rule("TEST002", "second", requires=("TEST001",))
def second(context):
    """A finding at each image."""
    yield from (Problem("second", hdu=hdu) for _, hdu in context.images())


@rule("TEST003", "whole", scope="file")
def whole(_context):
    """A finding on the whole file."""
    yield Problem("whole")


@rule("TEST004", "after-whole", requires=("TEST003",))
def after_whole(_context):
    """Never run."""
    yield Problem("not reached")


@rule("TEST005", "folding", Severity.WARNING, scope="file")
def folding(context):
    """Repeats that fold, two kinds of them."""
    for n in range(30):
        yield Problem(f"problem {n}", hdu=context.file.hdus[1 + n % 7], group_key="even" if n % 2 == 0 else "odd")


@rule("TEST006", "crashing", scope="file")
def crashing(context):
    """Crash after a finding."""
    yield Problem("before", hdu=context.file.hdus[1])
    raise ZeroDivisionError("division by zero")


@rule("TEST010", "lacking-memory", scope="file")
def lacking_memory(_context):
    """Find that memory is short."""
    raise MemoryError("Unable to allocate 1.00 TiB")
    yield


@rule("TEST009", "crashing-at-once", scope="file")
def crashing_at_once(_context):
    """Crash."""
    yield from ()
    raise ZeroDivisionError("division by zero")


@rule("TEST007", "skipping", scope="file")
def skipping(_context):
    """Skip."""
    yield Skip("nothing to see")


@pytest.fixture
def run(monkeypatch):
    """Judge the sound dark with given rules."""

    def judged(*rules, raw=RAW, **options):
        use_rules(monkeypatch, rules)
        return judge_file(raw, NAME, **options)

    return judged


def test_finding_keeps_dependent_rules_from_that_hdu_only(run):
    report = run(first, second)
    assert [f.extname for f in report.findings if f.code == "TEST002"] == ["SCI", "GROUPDQ", "ERR"]
    assert [(s.code, s.reason) for s in report.skipped] == [("TEST002", "PIXELDQ: a finding of TEST001 comes first")]


def test_finding_on_the_whole_file_keeps_dependent_rules_out(run):
    report = run(whole, after_whole)
    assert [f.code for f in report.findings] == ["TEST003"]
    assert [(s.code, s.reason) for s in report.skipped] == [("TEST004", "a finding of TEST003 comes first")]
    assert report.rules_run == 1


def test_prerequisite_counts_even_where_it_is_not_reported(run):
    report = run(first, second, ignore=("TEST001",))
    assert [f.code for f in report.findings] == ["TEST002"] * 3


def test_crash_keeps_what_was_found_before_and_runs_the_next(run):
    report = run(crashing, whole)
    assert [f.code for f in report.findings] == ["TEST006", "TOOL001", "TEST003"]
    assert report.verdict == "nonconforming"
    assert [(n.code, n.reason) for n in report.not_checked] == [
        ("TEST006", "it crashed: ZeroDivisionError: division by zero")
    ]
    assert "ZeroDivisionError: division by zero" in report.findings[1].message


def test_a_crash_alone_leaves_the_file_unverified(run):
    report = run(crashing_at_once, skipping)
    assert [f.code for f in report.findings] == ["TOOL001"]
    assert report.verdict == "unverified"


def test_a_lack_of_memory_is_no_fault_of_the_program(run):
    report = run(lacking_memory, whole)
    assert [f.code for f in report.findings] == ["TOOL001", "TEST003"]
    assert report.findings[0].found == "not enough memory (Unable to allocate 1.00 TiB)"
    assert report.findings[0].hint == "give the program more memory, or fewer workers (--jobs)"


def test_what_a_rule_could_not_check_leaves_the_file_unverified(run):
    report = run(skipping)
    assert (report.skipped, report.verdict) == ((), "unverified")
    assert [(n.code, n.reason) for n in report.not_checked] == [("TEST007", "nothing to see")]


def test_repeats_fold_into_one_finding_with_ten_places(run):
    report = run(folding)
    assert [(f.message, f.count) for f in report.findings] == [("problem 0", 15), ("problem 1", 15)]
    assert [len(f.places) for f in report.findings] == [MAX_PLACES, MAX_PLACES]
    assert report.findings[0].places[:3] == ("SCI", "GROUPDQ", "GROUP")


def test_unknown_product_skips_what_needs_a_spec():
    report = judge_file(join([split(RAW)[0].without_card("DATAMODL", "EXP_TYPE"), image("X", (2,))]), "x.fits")
    skipped = {s.code: s.reason for s in report.skipped}
    assert skipped["HDU001"] == "the product is not known"
    assert report.rows == ()
    assert report.symbols == {}


def test_file_without_hdus_skips_what_needs_them():
    report = judge_file(b"", NAME)
    skipped = {s.code: s.reason for s in report.skipped}
    assert skipped["PROD001"] == "the file has no readable HDU"
    assert [f.code for f in report.findings] == ["FILE001"]


def test_every_rule_runs_is_skipped_or_is_for_other_products():
    for raw in (RAW, b"", b"<html>", join([split(RAW)[0]])):
        report = judge_file(raw, NAME)
        whole_skips = [s for s in report.skipped if s.reason.startswith(("the ", "a finding"))]
        expected = sum(r.level == "structure" and r.scope != "profile" for r in all_rules())
        assert report.rules_run + len({s.code for s in (*whole_skips, *report.inapplicable)}) >= expected


def test_rules_for_other_products_are_not_counted_as_run_whatever_was_checked_before():
    reports = [judge_file(RAW, NAME) for _ in range(LEARN_FROM + 2)]
    assert "WCS011" in {s.code for s in reports[0].inapplicable}
    assert len({tuple(s.code for s in report.inapplicable) for report in reports}) == 1
    assert len({report.rules_run for report in reports}) == 1


def test_report_says_what_was_read():
    report = judge_file(RAW, NAME)
    assert (report.path, report.product, report.level, report.size) == (NAME, "dark", "structure", len(RAW))
    assert report.title == "Dark exposure"
    assert [(h.index, h.extname, h.type, h.dtype, h.axes) for h in report.hdus[:3]] == [
        (0, None, "primary", None, ()),
        (1, "SCI", "IMAGE", "float32", (16, 12, 5, 2)),
        (2, "PIXELDQ", "IMAGE", "uint32", (16, 12)),
    ]
    assert report.origins["ngroups"] == "NGROUPS, SCI, GROUPDQ, ERR"


def test_text_of_files_is_escaped_everywhere():
    raw = edited(RAW, "GROUPDQ", lambda p: p.with_card("EXTNAME", "\x1b[31m\x07\x85"))
    report = judge_file(raw, NAME)
    text = repr(report.to_dict())
    assert text.isprintable()
    for finding in report.findings:
        for part in (finding.message, finding.expected, finding.found, finding.hint, finding.extname):
            assert part is None or part.isprintable()


def test_dictionary_is_that_of_the_json_report():
    found = judge_file(DATA / "bad/jwst-3.0.0/jw01234001001_02105_00001_nrca1_dark.fits.gz").to_dict()
    keys = "path product verdict level symbols hdus findings ignored not_checked skipped"
    assert list(found) == keys.split()
    assert (found["product"], found["verdict"], found["level"]) == ("dark", "nonconforming", "structure")
    assert list(found["hdus"][1]) == ["index", "extname", "extver", "type", "dtype", "axes"]
    error = next(f for f in found["findings"] if f["code"] == "HDU001")
    assert {
        "code",
        "name",
        "severity",
        "message",
        "hdu",
        "extname",
        "extver",
        "keyword",
        "column",
        "expected",
        "found",
        "hint",
        "offset",
        "count",
    } <= set(error)
    assert (error["severity"], error["hdu"], error["extname"], error["extver"]) == ("error", None, "GROUP", 1)


@rule("TEST008", "many", Severity.WARNING, scope="file")
def many(_context):
    """More problems than are asked for."""
    yield from (Problem(f"problem {n}") for n in range(MAX_PROBLEMS + 500))


def test_all_problems_of_a_file_that_conforms_are_reported(monkeypatch):
    use_rules(monkeypatch, [many])
    report = judge_file(RAW, NAME)
    assert (len(report.findings), report.skipped, report.conforming) == (MAX_PROBLEMS + 500, (), True)


def test_a_rule_stops_after_many_problems_where_the_file_does_not_conform_anyhow(monkeypatch):
    use_rules(monkeypatch, [whole, many])
    report = judge_file(RAW, NAME)
    assert len(report.findings) == 1 + MAX_PROBLEMS
    assert [(n.code, n.reason) for n in report.not_checked] == [
        ("TEST008", f"it stopped after {MAX_PROBLEMS} problems")
    ]
    assert not report.conforming
