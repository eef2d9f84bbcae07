"""Files of an archive's high-level science products, which a profile asks more of."""

from builders import hyphened, join, primary
from judging import judge_file

NAME = "hlsp_my-survey_jwst_nircam_deep-field_f115w_v1.0_cat.fits"
"""A name that keeps to the rule."""
REQUIRED = {
    "HLSPID": "MY-SURVEY",
    "HLSPNAME": "My survey",
    "HLSPLEAD": "A. Person",
    "HLSPTARG": "Deep Field",
    "HLSPVER": "1.0",
    "DOI": "10.17909/abcd-ef01",
    "LICENSE": "CC BY 4.0",
    "LICENURL": "https://creativecommons.org/licenses/by/4.0/",
    "TELESCOP": "JWST",
    "INSTRUME": "NIRCAM",
    "OBSERVAT": "JWST",
    "DATE-BEG": "2022-11-22T10:00:00",
    "DATE-END": "2022-11-22T11:00:00",
    "TIMESYS": "UTC",
    "XPOSURE": 100.5,
}
MORE = {
    "MJD-MID": 59905.4,
    "TELAPSE": 3600.5,
    "RADESYS": "ICRS",
    "PROPOSID": "1234",
    "REFERENC": "2022ApJ",
}


def file(*extensions, **keywords):
    """A file with other keywords in its primary header; None leaves one out."""
    said = {
        k: v for k, v in {**REQUIRED, **MORE, **{hyphened(k): v for k, v in keywords.items()}}.items() if v is not None
    }
    return join([primary(**said), *extensions])


def findings(raw, name=NAME, profile="hlsp", **options):
    report = judge_file(raw, name, profile=profile, **options)
    return [(f.code, str(f.severity), f.hdu, f.keyword) for f in report.findings if f.code != "PROD008"]


def messages(raw, name=NAME, profile="hlsp"):
    return [f.message for f in judge_file(raw, name, profile=profile).findings]
