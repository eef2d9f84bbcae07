"""A delivery of many visits: raw and calibrated exposures, time series in segments, combined images, and their associations.

``python tests/helpers/delivery.py FOLDER [VISITS] [--faults]`` writes one; a visit has 13 FITS files and 6 associations.
"""

import json
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from builders import edited
from click.testing import CliRunner

from jwstprod_check.cli.main import cli

PROGRAM = "01234"
VERSION = "1.17.0"


@cache
def base(product, settings=()):
    """Bytes of a small file of a product."""
    with TemporaryDirectory() as folder:
        arguments = [word for setting in settings for word in ("--set", setting)]
        path = Path(folder, "x.fits")
        done = CliRunner().invoke(cli, ["make", product, str(path), *arguments], standalone_mode=False)
        assert done.return_value == 0, done.output
        return path.read_bytes()


class Visit:
    """The files of one visit, by their names: FITS files as bytes, associations as dictionaries."""

    def __init__(self, number):
        self.observation = f"{number:03d}"
        self.candidate = f"o{self.observation}"
        self.files = {}
        self.associations = {}
        self._series(1)
        self._image(2)
        self._image(3)
        self._combined((2, 3))

    def stem(self, exposure, segment=None):
        part = f"-seg{segment:03d}" if segment else ""
        return f"jw{PROGRAM}{self.observation}001_02101_{exposure:05d}{part}_nrca1"

    def keywords(self, name, **more):
        common = {
            "PROGRAM": PROGRAM,
            "OBSERVTN": self.observation,
            "VISIT_ID": f"{PROGRAM}{self.observation}001",
            "CRDS_CTX": "jwst_1149.pmap",
            "GSC_VER": "GSC242",
            "FILENAME": name,
        }
        return {**common, **more}

    def add(self, product, name, settings=(), **more):
        raw = base(product, settings)
        for keyword, value in self.keywords(name, **more).items():
            raw = edited(raw, "primary", lambda part, k=keyword, v=value: part.with_card(k, v))
        self.files[name] = raw

    def associate(self, kind, number, products, level):
        name = f"jw{PROGRAM}-{self.candidate}_20260101t000000_{kind}_{number:05d}_asn.json"
        self.associations[name] = {
            "asn_type": kind,
            "asn_rule": f"Asn_Lv{level}",
            "version_id": "20260101t000000",
            "code_version": VERSION,
            "degraded_status": "No known degraded exposures in association.",
            "program": PROGRAM,
            "constraints": "none",
            "asn_id": self.candidate,
            "asn_pool": f"jw{PROGRAM}_20260101t000000_pool.csv",
            "target": "t001",
            "products": [
                {"name": product, "members": [{"expname": e, "exptype": t, "exposerr": None} for e, t in members]}
                for product, members in products
            ],
        }
        return {"ASNTABLE": name, "ASNPOOL": f"jw{PROGRAM}_20260101t000000_pool.csv"}

    def _series(self, exposure):
        names = []
        for segment in (1, 2):
            stem = self.stem(exposure, segment)
            part = {"EXSEGNUM": segment, "EXSEGTOT": 2, "INTSTART": 2 * segment - 1, "INTEND": 2 * segment}
            part |= {"TSOVISIT": True, "EXP_TYPE": "NRC_TSIMAGE", "EXPOSURE": f"{exposure:05d}"}
            settings = ("NINTS=4", "EXP_TYPE=NRC_TSIMAGE", "INTSTART=1", "INTEND=2", "EXSEGNUM=1", "EXSEGTOT=2")
            self.add("uncal", f"{stem}_uncal.fits", settings, **part)
            self.add("rateints", f"{stem}_rateints.fits", settings, **part)
            made = [(stem, [(f"{stem}_rateints.fits", "science")])]
            tie = self.associate("tso-image2", segment, made, 2)
            self.add("calints", f"{stem}_calints.fits", settings, **part, **tie)
            names.append((f"{stem}_calints.fits", "science"))
        self.associate("tso3", 1, [(self.product("f210m"), names)], 3)

    def product(self, optics):
        return f"jw{PROGRAM}-{self.candidate}_t001_nircam_clear-{optics}"

    def _image(self, exposure):
        stem = self.stem(exposure)
        number = {"EXPOSURE": f"{exposure:05d}"}
        self.add("uncal", f"{stem}_uncal.fits", ("EXP_TYPE=NRC_IMAGE",), **number)
        self.add("rate", f"{stem}_rate.fits", **number)
        tie = self.associate("image2", exposure, [(stem, [(f"{stem}_rate.fits", "science")])], 2)
        self.add("cal", f"{stem}_cal.fits", **number, **tie)

    def _combined(self, exposures):
        name = self.product("f200w")
        members = [(f"{self.stem(e)}_cal.fits", "science") for e in exposures]
        tie = self.associate("image3", 1, [(name, members)], 3)
        self.add("i2d", f"{name}_i2d.fits", **tie)

    def write(self, folder):
        for name, raw in self.files.items():
            (folder / name).write_bytes(raw)
        for name, content in self.associations.items():
            text = content if isinstance(content, str) else json.dumps(content, indent=1)
            (folder / name).write_text(text)

    def card(self, name, **cards):
        """Change cards of the primary header of a file."""
        for keyword, value in cards.items():
            self.files[name] = edited(self.files[name], "primary", lambda p, k=keyword, v=value: p.with_card(k, v))

    def asn(self, kind, number=1):
        """An association and its name."""
        return next((n, a) for n, a in self.associations.items() if f"_{kind}_{number:05d}_" in n)


def _unreadable(visit):
    name, content = visit.asn("image3")
    visit.associations[name] = json.dumps(content)[:-2] + ",]}"


def _edit(kind, change, number=1):
    def apply(visit):
        change(visit.asn(kind, number)[1])

    return apply


def _members(change):
    def apply(content):
        change(content["products"][0]["members"])

    return apply


def _set(**values):
    return lambda content: content.update(values)


def _file(suffix, exposure=2, segment=None, **cards):
    return lambda visit: visit.card(f"{visit.stem(exposure, segment)}_{suffix}.fits", **cards)


def _twice(visit):
    visit.files["copy/" + f"{visit.stem(2)}_cal.fits"] = visit.files[f"{visit.stem(2)}_cal.fits"]


def _without(suffix, exposure, segment=None):
    return lambda visit: visit.files.pop(f"{visit.stem(exposure, segment)}_{suffix}.fits")


def _renamed(visit):
    name = f"{visit.product('f200w')}_i2d.fits"
    other = name.replace("f200w", "f444w")
    visit.files[other] = visit.files.pop(name)
    visit.card(other, FILENAME=other)


FAULTS = (
    ("SET001", _twice),
    ("SET002", _without("uncal", 1, 2)),
    ("SET003", _file("rateints", 1, 2, INTSTART=4)),
    ("SET004", _file("cal", 2, CAL_VER="1.16.0")),
    ("SET005", _file("rate", 2, VISIT="002")),
    ("SET006", _file("rate", 3, GSC_VER="")),
    ("SET010", _unreadable),
    ("SET012", _edit("image3", _members(lambda m: m.append(m[0])))),
    ("SET013", _edit("image3", _members(lambda m: [one.update(exptype="background") for one in m]))),
    (
        "SET014",
        _edit("tso-image2", _members(lambda m: m[0].update(expname=m[0]["expname"].replace("rateints", "uncal")))),
    ),
    ("SET015", lambda visit: [_file(s, 3, INSTRUME="MIRI")(visit) for s in ("uncal", "rate", "cal")]),
    ("SET016", _renamed),
    ("SET017", _edit("image2", _members(lambda m: m[0].update(expname=m[0]["expname"].replace("00002", "00003"))), 2)),
    ("SET017", _file("cal", 2, ASNPOOL="jw01234_other_pool.csv")),
    ("SET018", _edit("image3", _set(asn_id="o999"))),
    ("SET019", _edit("tso3", _members(lambda m: m.pop()))),
    ("SET020", _edit("image3", _members(lambda m: m[0].update(exposerr="lost guide star")))),
    ("SET020", _edit("image3", _members(lambda m: m.append({"expname": "x_cal.fits", "exptype": "scince"})))),
    ("SET021", lambda visit: [_file(s, 3, CRDS_CTX="jwst_1.pmap")(visit) for s in ("rate", "cal")]),
    ("SET022", _edit("image3", _set(code_version="1.18.0"))),
)
"""Twenty faults of a set, each with the rule that reports it; each is planted into a visit of its own."""


def make_delivery(folder, visits, faults=False):
    """Write a delivery into a folder, with the faults in its first visits where they are asked for."""
    (folder / "copy").mkdir(parents=True)
    for number in range(1, visits + 1):
        visit = Visit(number)
        if faults and number <= len(FAULTS):
            FAULTS[number - 1][1](visit)
        visit.write(folder)


if __name__ == "__main__":
    make_delivery(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 24, "--faults" in sys.argv)
