"""One path becomes one report, whatever happens."""

from jwstprod_check.config import Options
from jwstprod_check.run.processes import check_path


def test_file_that_cannot_be_read_is_a_finding(tmp_path):
    folder = tmp_path / "x_dark.fits"
    folder.mkdir()
    report = check_path(str(folder), Options(), None)
    (found,) = report.findings
    assert (found.code, found.severity) == ("TOOL002", "error")
    assert not report.conforming
