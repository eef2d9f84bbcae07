"""The Python API: paths, bytes and HDULists; nothing heavy is imported for headers."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from judging import DARK, DATA

import jwstprod_check
from jwstprod_check import FileReport, Finding, Severity, check, identify, load_spec
from jwstprod_check.spec.errors import SpecError

BAD = DATA / "bad/jwst-3.0.0/jw01234001001_02105_00001_nrca1_dark.fits.gz"


@pytest.mark.parametrize("target", [DARK, str(DARK)], ids=["Path", "str"])
def test_paths_are_checked(target):
    report = check(target)
    assert isinstance(report, FileReport)
    assert (report.path, report.product, report.conforming) == (str(DARK), "dark", True)


def test_bytes_are_checked():
    report = check(DARK.read_bytes())
    assert (report.path, report.product, report.conforming) == ("", "dark", True)


def test_gzip_bytes_are_checked():
    packed = DATA / "warned/jwst-1.11.4/jw01234001001_02104_00001_nrca1_dark.fits.gz"
    report = check(packed.read_bytes())
    assert (report.product, report.conforming) == ("dark", True)


def test_hdulist_is_checked_as_it_would_be_written():
    with fits.open(DARK) as hdus:
        assert check(hdus).conforming
        hdus["PIXELDQ"].data = np.zeros((64, 64), "int32")
        report = check(hdus)
    assert [f.code for f in report.findings if f.severity == "error"] == ["ARR001"]


def test_hdulist_in_memory_is_checked():
    hdus = fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(np.zeros((4, 4)), name="SCI")])
    assert [f.code for f in check(hdus).findings] == ["PROD007"]


def test_findings_are_values():
    report = check(BAD)
    found = [f for f in report.findings if f.code == "HDU001"]
    assert all(isinstance(f, Finding) and f.severity is Severity.ERROR for f in found)
    assert [f.extname for f in found] == ["GROUP", "INT_TIMES"]
    assert report.to_dict()["verdict"] == "nonconforming"
    with pytest.raises(AttributeError):
        found[0].code = "X"


def test_options_are_passed_on():
    assert not check(DARK, strict=True).conforming
    assert check(DARK, strict=True, ignore=("HDU001",)).conforming
    assert check(BAD, select=("ARR",)).findings == ()
    assert check(DARK, product="wfscmb").product == "wfscmb"
    assert check(DARK, data=True).level == "data"


def test_own_specs_are_used(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "product: mine\ntitle: M\ndocumentation: d\nrecognise: {suffixes: [mine]}\nhdus: [{hdu: 0, type: primary}]\n"
    )
    buffer = BytesIO()
    fits.HDUList([fits.PrimaryHDU()]).writeto(buffer)
    report = check(buffer.getvalue(), product="mine", specs=str(tmp_path))
    assert report.product == "mine"
    assert not [f for f in report.findings if f.code.startswith("HDU")]


def test_identify_tells_the_evidence():
    found = identify(DARK)
    assert found.name == "dark"
    assert [v.source for v in found.evidence] == ["file name", "DATAMODL", "EXP_TYPE"]


def test_specs_are_loaded_by_name():
    assert [r.extname for r in load_spec("wfscmb").rows] == [None, "SCI", "ERR", "DQ", "ASDF"]
    with pytest.raises(SpecError, match="no spec for product 'nothing'"):
        load_spec("nothing")


def test_product_without_a_spec_is_an_error():
    with pytest.raises(SpecError, match="no spec for product 'nothing'"):
        check(DARK, product="nothing")


def test_path_that_does_not_exist_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        check(tmp_path / "none.fits")


def test_nothing_is_written_to_the_file(tmp_path):
    copy = tmp_path / DARK.name
    copy.write_bytes(DARK.read_bytes())
    copy.chmod(0o444)
    before = copy.stat().st_mtime_ns
    check(copy)
    check(copy, data=True)
    assert copy.stat().st_mtime_ns == before
    assert list(tmp_path.iterdir()) == [copy]


def test_names_of_the_package_are_there():
    assert set(jwstprod_check.__all__) >= {"check", "identify", "load_spec", "FileReport", "Finding"}
    for name in jwstprod_check.__all__:
        assert getattr(jwstprod_check, name)
    with pytest.raises(AttributeError, match="nothing"):
        jwstprod_check.nothing  # noqa: B018


HEAVY = ("astropy", "numpy", "rich")
SCRIPT = """
import sys
from jwstprod_check import check
report = check(sys.argv[1])
assert report.conforming, report.findings
heavy = sorted({m.partition(".")[0] for m in sys.modules} & set(sys.argv[2].split(",")))
assert not heavy, heavy
"""


@pytest.mark.parametrize("path", [DARK, *sorted((DATA / "good/jwst-1.11.4").glob("*.gz"))[:2]], ids=lambda p: p.name)
def test_structure_check_imports_nothing_heavy(path):
    root = Path(jwstprod_check.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path), ",".join(HEAVY)],
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
    )
    assert done.returncode == 0, done.stderr
