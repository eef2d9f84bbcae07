"""Real science products of two releases: the verdict of each, and why."""

import pytest
from judging import DATA, layout

REAL = sorted((DATA / "science").glob("*/*.fits.gz"))
REFUSED = {
    "jw01234001001_05104_00001_nrca1_rate.fits.gz": [
        ("HDU001", "DQ", None),
        ("HDU001", "VAR_POISSON", None),
        ("HDU001", "VAR_RNOISE", None),
        ("ARR002", "ERR", "NAXIS"),
    ]
}
EMPTY = "jw01234-o011_s000000002_nirspec_f290lp-g395h_c1d.fits.gz"
SAVED = ("jw01234-o008_t002_miri_p750l_x1d.fits.gz", "jw01234001001_07102_00001_nis_x1dints.fits.gz")


@pytest.mark.parametrize("path", REAL, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_real_file_gets_its_verdict_and_no_other_finding(path, verdict):
    report = verdict(path)
    expected = REFUSED.get(path.name, [])
    assert report.conforming is not bool(expected)
    assert report.product == path.name.partition(".")[0].rpartition("_")[2]
    # Spectra that a data model saved have no units, and a combined one has no rows; both are true and worth a warning.
    allowed = {"TAB007"} if path.name == EMPTY else {"TAB008"} if path.name in SAVED else set()
    assert [f for f in layout(report) if f[0] not in allowed] == expected


@pytest.mark.parametrize(
    ("name", "amendments"),
    {
        "jwst-1.11.4/jw01234001001_02101_00001_nrca1_ramp.fits.gz": {"ramp-with-err"},
        "jwst-1.11.4/jw01234001001_02110_00001-seg002_nrca1_rateints.fits.gz": {"int-times-of-the-exposure"},
        "jwst-1.11.4/jw01234-o014_s000000001_nirspec_f290lp-g395h_cal.fits.gz": {"slits"},
        "jwst-1.11.4/jw01234-o007_t001_nirspec_g395h-f290lp_s3d.fits.gz": {"linear-wavelengths"},
        "jwst-1.11.4/jw01234001001_07102_00001_nis_x1dints.fits.gz": {
            "times-beside-the-spectra",
            "table-for-each-integration",
        },
        "jwst-3.0.0/jw01234-o011_t001_miri_ch3-long_x1d.fits.gz": {"medium-resolution-spectra"},
        "jwst-3.0.0/jw01234001001_08105_00001_nis_x1d.fits.gz": {"grism-spectra"},
        "jwst-3.0.0/jw01234-o008_t002_miri_p750l_x1d.fits.gz": {"empty-sci"},
        "jwst-3.0.0/jw01234-o007_t001_miri_ch3-short_s3d.fits.gz": set(),
    }.items(),
)
def test_verdict_says_on_which_amendments_it_rests(name, amendments, verdict):
    report = verdict(DATA / "science" / name)
    rests = [f.message for f in report.findings if f.code == "PROD008"]
    assert len(rests) == len(amendments)
    assert all(any(f"amendment {a}," in message for message in rests) for a in amendments)
