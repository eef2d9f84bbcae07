"""A large dark of eight HDUs, made from a real one and sparse on disk: what a remote check costs is measured with it."""

from dataclasses import replace
from functools import reduce
from pathlib import Path

from builders import BLOCK, SIZES, header, split

ROOT = Path(__file__).parents[2]
REAL = ROOT / "tests/data/warned/jwst-1.11.4/jw01234001001_02108_00001_nis_dark.fits"
NAME = "jw01234001001_02108_00001_nis_dark.fits"


def large_parts(side, ngroups, nints):
    """(HDU, bytes of its data) of a dark whose arrays have other axes; their data are left out."""
    parts = split(REAL.read_bytes())
    axes = {
        "SCI": (side, side, ngroups, nints),
        "PIXELDQ": (side, side),
        "GROUPDQ": (side, side, ngroups, nints),
        "ERR": (side, side, ngroups, nints),
    }
    stated = {"NGROUPS": ngroups, "NINTS": nints, "SUBSIZE1": side, "SUBSIZE2": side}
    stated |= {"SUBARRAY": "FULL", "SUBSTRT1": 1, "SUBSTRT2": 1, "APERNAME": "NIS_CEN"} if side == 2048 else {}
    for part in parts:
        if part.name in axes:
            made = part.with_axes(*axes[part.name])
            size = SIZES[part.text("BITPIX")]
            for length in axes[part.name]:
                size *= length
            yield replace(made, data=b""), size
        elif part.axes:
            yield part, len(part.data)
        else:
            known = {keyword: value for keyword, value in stated.items() if part.text(keyword) is not None}
            yield reduce(lambda made, pair: made.with_card(*pair), known.items(), part), 0


def write_large(path, side=2048, ngroups=8, nints=1):
    """Write the file: 304 MiB where nothing else is stated, of which some 100 KiB are on disk."""
    with Path(path).open("wb") as file:
        at = 0
        for part, size in large_parts(side, ngroups, nints):
            file.seek(at)
            head = header(part.cards)
            file.write(head + part.data)
            at += len(head) + size + -size % BLOCK
        file.truncate(at)
    return path
