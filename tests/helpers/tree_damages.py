"""Damages of the ASDF extension of real files, each a change of its bytes or of a header."""

import re
from dataclasses import dataclass, replace

from builders import edited

CAL = "tree/jwst-3.0.0/jw01234001001_02101_00001_nrca1_cal.fits.gz"
OLD = "tree/jwst-1.11.4/jw01234001001_02101_00001_nrca1_cal.fits.gz"
I2D = "science/jwst-1.11.4/jw01234-o001_t001_nircam_clear-f212n_i2d.fits.gz"
SEGM = "science/jwst-3.0.0/jw01234-o001_t001_nircam_clear-f212n_segm.fits.gz"
S2D = "science/jwst-3.0.0/jw01234001001_08101_00001_nrs1_s2d.fits.gz"
X1D = "science/jwst-3.0.0/jw01234001001_08103_00001-seg002_nrs1_x1dints.fits.gz"
SPEC = "science/jwst-1.11.4/jw01234001001_08105_00001_nis_x1d.fits.gz"
SLITS = "science/jwst-1.11.4/jw01234-o014_s000000001_nirspec_f290lp-g395h_cal.fits.gz"
DARK = "good/jwst-3.0.0/jw01234001001_02103_00001_nrca1_dark.fits"
OI = "guidestar_ami/jwst-3.0.0/jw01234001001_09301_00001_nis_o013_ami-oi.fits.gz"
GUIDE = "guidestar_ami/jwst-3.0.0/jw01234001001_gs-id_1_image-cal.fits.gz"

NDARRAY = rb"!core/ndarray-1\.[01]\.0"


@dataclass(frozen=True)
class TreeDamage:
    """``line`` is that of the issue; ``codes`` are those of which one must be found, of ``severity``; without codes the file is good."""

    line: int
    name: str
    file: str
    change: object
    codes: tuple = ()
    severity: str = "error"

    def apply(self, raw):
        out = self.change(raw)
        if out == raw:
            raise ValueError(f"{self.name} changes nothing")
        return out


def bytes_of(change):
    """Change the bytes of the ASDF extension, its header in step."""

    def edit(part):
        data = change(part.data)
        return replace(part.with_card("NAXIS1", len(data)).with_card("TFORM1", f"{len(data)}B"), data=data)

    return lambda raw: edited(raw, "ASDF", edit)


def sub(pattern, new, count=1):
    """Replace what a pattern finds; it must find something."""
    compiled = re.compile(pattern if isinstance(pattern, bytes) else pattern.encode(), re.MULTILINE)
    made = new if isinstance(new, bytes) or callable(new) else new.encode()

    def change(data):
        out, found = compiled.subn(made, data, count=count)
        if not found:
            raise ValueError(f"no {pattern!r}")
        return out

    return bytes_of(change)


def put(old, new, count=1):
    """Replace bytes; they must be there."""
    return sub(
        re.escape(old if isinstance(old, bytes) else old.encode()),
        lambda _: new if isinstance(new, bytes) else new.encode(),
        count,
    )


def both(*changes):
    def change(raw):
        for one in changes:
            raw = one(raw)
        return raw

    return change


def node(name):
    """Pattern of an array at the top of the tree, by EXTNAME."""
    return rb"^\w+: " + NDARRAY + rb"\n  source: fits:" + name.encode() + rb",1\n(?:  .*\n)+"


def swapped(one, other):
    def change(data):
        a, b = f"source: fits:{one}\n".encode(), f"source: fits:{other}\n".encode()
        assert a in data
        assert b in data
        return data.replace(a, b"\0").replace(b, a).replace(b"\0", b)

    return bytes_of(change)


def block(number, field, value):
    """Change a field of the header of a binary block."""
    at, size = {"compression": (4, 4), "allocated": (8, 8), "used": (16, 8), "size": (24, 8)}[field]

    def change(data):
        start = -1
        for _ in range(number + 1):
            start = data.index(b"\xd3BLK", start + 1)
        made = value if isinstance(value, bytes) else value.to_bytes(size, "big")
        return data[: start + 6 + at] + made + data[start + 6 + at + size :]

    return bytes_of(change)


def payload_of(number, made):
    """Replace the payload of a binary block by others of the same length."""

    def change(data):
        start = -1
        for _ in range(number + 1):
            start = data.index(b"\xd3BLK", start + 1)
        used = int.from_bytes(data[start + 22 : start + 30], "big")
        head = int.from_bytes(data[start + 4 : start + 6], "big") + 6
        content = made(used)
        # Without a checksum: it is the values that are looked at.
        return data[: start + head - 16] + bytes(16) + content + data[start + head + used :]

    return bytes_of(change)


def compressed(number, label, pack):
    """Compress the payload of a binary block; the index goes."""

    def change(data):
        start = -1
        for _ in range(number + 1):
            start = data.index(b"\xd3BLK", start + 1)
        head = int.from_bytes(data[start + 4 : start + 6], "big") + 6
        used = int.from_bytes(data[start + 22 : start + 30], "big")
        content = pack(data[start + head : start + head + used])
        fields = (
            data[start : start + 10] + label + len(content).to_bytes(8, "big") * 2 + used.to_bytes(8, "big") + bytes(16)
        )
        out = data[:start] + fields + content + data[start + head + used :]
        return out[: out.rindex(b"#ASDF BLOCK INDEX")]

    return bytes_of(change)


def nan(count):
    import struct

    return struct.pack("<d", float("nan")) * (count // 8)


def _links():
    yield "SCI and ERR swapped", CAL, swapped("SCI,1", "ERR,1"), ("ASDF010",)
    yield "err linked to SCI", CAL, put("source: fits:ERR,1", "source: fits:SCI,1"), ("ASDF010",)
    yield "dq linked to SCI", CAL, put("source: fits:DQ,1", "source: fits:SCI,1"), ("ASDF010", "ASDF007")
    yield (
        "var_flat linked to VAR_POISSON",
        CAL,
        put("source: fits:VAR_FLAT,1", "source: fits:VAR_POISSON,1"),
        ("ASDF010",),
    )
    yield "SCI and ERR swapped, 1.11.4", OLD, swapped("SCI,1", "ERR,1"), ("ASDF010",)
    yield (
        "PIXELDQ linked to GROUPDQ in a dark",
        DARK,
        put("source: fits:PIXELDQ,1", "source: fits:GROUPDQ,1"),
        ("ASDF010", "ASDF007"),
    )
    yield "link of SCI deleted", CAL, sub(node("SCI"), ""), ("ASDF008",)
    yield "link of ERR deleted", CAL, sub(node("ERR"), ""), ("ASDF008",)
    yield "link of DQ deleted", CAL, sub(node("DQ"), ""), ("ASDF008",)
    yield "link of GROUPDQ deleted in a dark", DARK, sub(node("GROUPDQ"), ""), ("ASDF008",)
    yield "link of INT_TIMES deleted in a dark", DARK, sub(node("INT_TIMES"), ""), ("ASDF008",)
    yield "link of OI_VIS2 deleted", OI, sub(node("OI_VIS2"), ""), ("ASDF008",)
    yield "spectra of two slits swapped", SPEC, swapped("EXTRACT1D,1", "EXTRACT1D,2"), ("ASDF010",)
    yield (
        "second spectrum linked to the first",
        SPEC,
        put("source: fits:EXTRACT1D,2", "source: fits:EXTRACT1D,1"),
        ("ASDF010",),
    )
    yield "link to an HDU that is not there", CAL, put("source: fits:SCI,1", "source: fits:SCI,7"), ("ASDF006",)
    yield "link to a misspelled EXTNAME", CAL, put("source: fits:SCI,1", "source: fits:SIC,1"), ("ASDF006",)
    yield "link without EXTVER", CAL, put("source: fits:SCI,1", "source: fits:SCI"), ("ASDF006",)
    yield "link by index", CAL, put("source: fits:SCI,1", "source: fits:1"), ()
    yield "link by index of another HDU", CAL, put("source: fits:SCI,1", "source: fits:2"), ("ASDF010",)
    yield "data is null", CAL, sub(node("SCI"), "data: null\n"), ("ASDF008",)
    yield "OI_T3 linked to OI_VIS", OI, put("source: fits:OI_T3,1", "source: fits:OI_VIS,1"), ("ASDF010",)


def _frames():
    yield "#ASDF 9.0.0", CAL, put("#ASDF 1.0.0", "#ASDF 9.0.0"), ("ASDF011",)
    yield "#ASDF 1.1.0", CAL, put("#ASDF 1.0.0", "#ASDF 1.1.0"), ("ASDF011",)
    yield "#ASDF_STANDARD 9.0.0", CAL, put("#ASDF_STANDARD 1.6.0", "#ASDF_STANDARD 9.0.0"), ("ASDF011",), "warning"
    yield "#ASDF_STANDARD 1.5.0", CAL, put("#ASDF_STANDARD 1.6.0", "#ASDF_STANDARD 1.5.0"), ("ASDF019",), "warning"
    yield "arrays of an older version", CAL, put("core/ndarray-1.1.0", "core/ndarray-1.0.0", 0), ("ASDF019",), "warning"
    yield "no #ASDF line", CAL, put("#ASDF 1.0.0\n", "#FDSA 1.0.0\n"), ("ASDF003",)
    yield "%YAML 1.2", CAL, put("%YAML 1.1", "%YAML 2.1"), ("ASDF004",)
    yield "no %TAG", CAL, put("%TAG ! tag:stsci.edu:asdf/\n", ""), ("ASDF012", "ASDF013", "ASDF019")
    yield "no end of the tree", CAL, put("\n...\n", "\n"), ("ASDF003",)
    yield "root without a tag", CAL, put("--- !core/asdf-1.1.0", "---"), ("ASDF012",), "warning"
    yield (
        "root is a list",
        CAL,
        sub(rb"^--- !core/asdf-1.1.0\n(.|\n)*\n\.\.\.", "--- !core/asdf-1.1.0\n- a\n..."),
        ("ASDF012",),
    )
    yield "root is a text", CAL, sub(rb"^--- !core/asdf-1.1.0\n(.|\n)*\n\.\.\.", "--- text\n..."), ("ASDF012",)
    yield "meta is a list", CAL, sub(rb"^meta:\n(  .*\n)+", "meta: [a, b]\n"), ("ASDF012",)
    yield "meta is a text", CAL, sub(rb"^meta:\n(  .*\n)+", "meta: nothing\n"), ("ASDF012",)
    yield "meta is null", CAL, sub(rb"^meta:\n(  .*\n)+", "meta: null\n"), ("ASDF012",)
    yield "no meta", CAL, sub(rb"^meta:\n(  .*\n)+", ""), ("ASDF012",)
    yield "history is a text", CAL, sub(rb"^history:\n(  .*\n)+", "history: long\n"), ("ASDF012",)
    yield "history is a number", CAL, sub(rb"^history:\n(  .*\n)+", "history: 5\n"), ("ASDF012",)
    yield "no history", CAL, sub(rb"^history:\n(  .*\n)+", ""), ()
    yield "no model_type", CAL, sub(rb"^  model_type: .*\n", ""), ("ASDF012",)
    yield "not YAML", CAL, put("meta:\n", "meta: [\n"), ("ASDF004",)
    yield "a tab in the indentation", CAL, put("\n  origin:", "\n\torigin:"), ("ASDF004",)
    yield "a second document", CAL, put("\nmeta:\n", "\n--- x\n--- y\nmeta:\n"), ("ASDF004",)
    yield "an alias without an anchor", CAL, sub(rb"^  origin: .*", "  origin: *nowhere"), ("ASDF004",)
    yield "array without a tag", CAL, sub(rb"^data: " + NDARRAY, "data:"), ("ASDF013",)
    yield "array with another tag", CAL, sub(rb"^data: " + NDARRAY, "data: !core/complex-1.0.0"), ("ASDF013",)
    yield (
        "array of an unknown version",
        CAL,
        sub(rb"^data: " + NDARRAY, "data: !core/ndarray-9.0.0"),
        ("ASDF019",),
        "warning",
    )
    yield "no source", CAL, put("  source: fits:SCI,1\n", ""), ("ASDF013",)
    yield "source -1", CAL, put("source: fits:SCI,1", "source: -1"), ("ASDF013",)
    yield "source -2", CAL, put("source: fits:SCI,1", "source: -2"), ("ASDF013",)
    yield "source in another file", CAL, put("source: fits:SCI,1", "source: other.asdf"), ("ASDF013",)
    yield "source is a block that is not there", CAL, put("source: fits:SCI,1", "source: 0"), ("ASDF005", "ASDF008")
    yield "$ref instead of an array", CAL, sub(node("SCI"), "data: {$ref: 'other.asdf#/data'}\n"), ("ASDF013",)
    yield (
        "values in the tree",
        CAL,
        sub(node("SCI"), "data: !core/ndarray-1.1.0 {data: [[1.0, 2.0]], datatype: float32}\n"),
        ("ASDF013",),
    )
    yield "a list instead of an array", CAL, sub(node("SCI"), "data: [[1.0, 2.0]]\n"), ("ASDF013",)
    yield "a number instead of an array", CAL, sub(node("SCI"), "data: 5\n"), ("ASDF013",)
    yield "no byteorder", CAL, sub(rb"(source: fits:SCI,1\n.*\n)  byteorder: big\n", rb"\1"), ("ASDF013",)
    yield "no datatype", CAL, sub(rb"(source: fits:SCI,1\n)  datatype: float32\n", rb"\1"), ("ASDF013",)
    yield "no shape", CAL, sub(rb"(source: fits:SCI,1\n(?:.*\n){2})  shape: .*\n", rb"\1"), ("ASDF013",)
    yield (
        "shape that is not that of the HDU",
        CAL,
        sub(rb"(source: fits:SCI,1\n(?:.*\n){2})  shape: .*\n", rb"\1  shape: [64, 32]\n"),
        ("ASDF007",),
    )
    yield (
        "datatype that is not that of the HDU",
        CAL,
        sub(rb"(source: fits:SCI,1\n)  datatype: float32\n", rb"\1  datatype: float64\n"),
        ("ASDF007",),
    )
    yield (
        "datatype unknown",
        CAL,
        sub(rb"(source: fits:SCI,1\n)  datatype: float32\n", rb"\1  datatype: real4\n"),
        ("ASDF007",),
    )


def _blocks():
    import bz2
    import zlib

    yield (
        "array begins beyond its block",
        I2D,
        put("source: 0\n", "source: 0\n                offset: 9999\n"),
        ("ASDF015",),
    )
    yield "array ends beyond its block", I2D, put("shape: [2, 2]", "shape: [2, 9]"), ("ASDF015",)
    yield "negative offset", I2D, put("source: 0\n", "source: 0\n                offset: -8\n"), ("ASDF015",)
    yield "wider type in a block", I2D, sub(rb"(source: 0\n +datatype: )float64", rb"\1complex128"), ("ASDF015",)
    yield "unknown type in a block", I2D, sub(rb"(source: 0\n +datatype: )float64", rb"\1float65"), ("ASDF015",)
    yield "block that is not there", I2D, put("source: 1\n", "source: 17\n"), ("ASDF005",)
    yield "block zlib", I2D, compressed(0, b"zlib", zlib.compress), ()
    yield "block bzp2", I2D, compressed(0, b"bzp2", bz2.compress), ()
    yield "block zlib that is none", I2D, block(0, "compression", b"zlib"), ("ASDF014",)
    yield "block bzp2 that is none", I2D, block(0, "compression", b"bzp2"), ("ASDF014",)
    yield "block lz4", I2D, block(0, "compression", b"lz4\0"), ("ASDF014",), "warning"
    yield "block compressed in an unknown way", I2D, block(0, "compression", b"abcd"), ("ASDF014",)
    yield "block zlib that is cut", I2D, compressed(0, b"zlib", lambda d: zlib.compress(d)[:-12]), ("ASDF014",)
    yield "block longer than the extension", I2D, block(0, "allocated", 10**9), ("ASDF005",)
    yield "used size above the allocated", I2D, block(0, "used", 10**6), ("ASDF005",)
    yield "zeros at the end", I2D, bytes_of(lambda d: d + bytes(1000)), ()
    yield "zeros at the end of a tree without blocks", CAL, bytes_of(lambda d: d + bytes(1000)), ()
    yield "garbage at the end", I2D, bytes_of(lambda d: d + b"what is this"), ("ASDF005",), "warning"
    yield (
        "strides beyond the block",
        I2D,
        sub(rb"(source: 0\n(?:.*\n){2} *shape: \[2, 2\])", rb"\1\n                strides: [999, 8]"),
        ("ASDF015",),
    )


def _values():
    yield "ngroups is text", CAL, sub(r"\bngroups: (\d+)", r"ngroups: '\1'"), ("ASDF016",)
    yield "ngroups is a float", CAL, sub(r"\bngroups: (\d+)", r"ngroups: \1.5"), ("ASDF016",)
    yield "nints is a list", CAL, sub(r"\bnints: (\d+)", r"nints: [1]"), ("ASDF016",)
    yield "ra_ref is text", CAL, sub(r"\bra_ref: [\d.]+", r"ra_ref: 'far'"), ("ASDF016",)
    yield "exposure time is a logical", CAL, sub(r"\bexposure_time: [\d.]+", r"exposure_time: true"), ("ASDF016",)
    yield (
        "frame time without a point in the mantissa",
        CAL,
        sub(r"\bframe_time: [\d.]+", r"frame_time: 1e5"),
        ("ASDF016",),
    )
    yield "name of the instrument is a number", CAL, sub(r"\bname: NIRCAM", r"name: 5"), ("ASDF016",)
    yield "telescope is a mapping", CAL, sub(r"^  telescope: JWST", r"  telescope: {name: JWST}"), ("ASDF016",)
    yield "date is a time", CAL, sub(r"^  date: .*", r"  date: 2022-04-21"), ("ASDF016",)
    yield "zero_frame is text", CAL, sub(r"zero_frame: \w+", r"zero_frame: 'no'"), ("ASDF016",)
    yield "exposure is a list", CAL, sub(rb"^  exposure: \{[^}]*\}", "  exposure: [1, 2]"), ("ASDF016",)
    yield "exposure is a text", CAL, sub(rb"^  exposure: \{[^}]*\}", "  exposure: long"), ("ASDF016",)
    yield "wcsinfo is a list", CAL, sub(rb"^  wcsinfo: \{[^}]*\}", "  wcsinfo: [1, 2]"), ("ASDF016",)
    yield "source_id of a spectrum is text", SPEC, sub(r"source_id: \d+", r"source_id: 'one'"), ("ASDF016",)
    yield "ngroups lost", CAL, sub(r"\bngroups: \d+,\s+", ""), ("ASDF017",), "warning"
    yield "instrument lost", CAL, sub(rb"^  instrument: \{[^}]*\}\n", ""), ("ASDF017",), "warning"
    yield "target lost", CAL, sub(rb"^  target: \{[^}]*\}\n", ""), ("ASDF017",), "warning"
    yield "oifits lost", OI, sub(rb"^  oifits:\n(    .*\n)+", ""), ("ASDF017",)
    yield "array_name of OIFITS lost", OI, sub(rb"^    array_name: .*\n", ""), ("ASDF017",)
    yield "pi_name of OIFITS lost", OI, sub(rb"\bpi_name: [^,}]+,?\s*", ""), ("ASDF017",)
    yield "ngroups is null", CAL, sub(r"\bngroups: \d+", "ngroups: null"), ("ASDF017",), "warning"
    yield "ngroups of another value", CAL, sub(r"\bngroups: \d+", "ngroups: 9"), ("ASDF009",), "warning"


def _worlds():
    world = rb"!<tag:stsci.edu:gwcs/wcs-1\.\d\.0>"
    yield 4, "wcs is null", CAL, sub(rb"^  wcs: " + world + rb"\n(    .*\n)+", "  wcs: null\n"), ("ASDF018",)
    yield 4, "wcs lost", CAL, sub(rb"^  wcs: " + world + rb"\n(    .*\n)+", ""), ("ASDF018",)
    yield 4, "wcs without a tag", CAL, sub(rb"^  wcs: " + world, "  wcs:"), ("ASDF018",)
    yield 4, "wcs lost in a segmentation map", SEGM, sub(rb"^  wcs: " + world + rb"\n(    .*\n)+", ""), ("ASDF018",)
    yield 4, "wcs is a text", CAL, sub(rb"^  wcs: " + world + rb"\n(    .*\n)+", "  wcs: lost\n"), ("ASDF018",)


def _pipelines():
    world = rb"!<tag:stsci.edu:gwcs/wcs-1\.\d\.0>"
    yield 5, "unknown tag of wcs", CAL, sub(world, "!<tag:stsci.edu:gwcs/wcz-1.4.0>"), ("ASDF019",)
    yield 5, "unknown version of wcs", CAL, sub(world, "!<tag:stsci.edu:gwcs/wcs-9.0.0>"), ("ASDF019",), "warning"
    yield 5, "unknown tag of a step", CAL, sub(rb"gwcs/step-", "gwcs/stop-"), ("ASDF019", "ASDF020")
    yield 5, "unknown version of a step", CAL, sub(rb"gwcs/step-1", "gwcs/step-9"), ("ASDF019",), "warning"
    yield 5, "unknown tag of a frame", CAL, sub(rb"gwcs/frame2d-", "gwcs/frame7d-"), ("ASDF019",)
    yield 5, "unknown version of a frame", CAL, sub(rb"gwcs/frame2d-1", "gwcs/frame2d-9"), ("ASDF019",), "warning"
    yield 5, "unknown tag of a transform", CAL, put("!transform/shift-", "!transform/shove-"), ("ASDF019",)
    yield (
        5,
        "unknown version of a transform",
        CAL,
        put("!transform/shift-1", "!transform/shift-9"),
        ("ASDF019",),
        "warning",
    )
    yield 5, "transform without a tag", CAL, put("!transform/shift-1.4.0\n", "\n"), ("ASDF021",)
    yield 5, "wcs without a name", CAL, sub(rb"(gwcs/wcs-1.4.0>\n)    name: ''\n", rb"\1"), ("ASDF020",)
    yield 5, "wcs without steps", CAL, sub(rb"^    steps:\n(    .*\n)+", ""), ("ASDF020",)
    yield 5, "steps is empty", CAL, sub(rb"^    steps:\n(    .*\n)+", "    steps: []\n"), ("ASDF020",)
    yield 5, "one step", CAL, sub(rb"(^    steps:\n    - (?:.*\n)+?)(    - (?:.*\n)+?)(?=^  \w)", rb"\1"), ("ASDF020",)
    yield (
        5,
        "a step in the middle without a transform",
        CAL,
        sub(rb"transform: !transform/identity-1.4.0\n( {8}.*\n)+", "transform: null\n"),
        ("ASDF020",),
    )
    yield (
        5,
        "the first step without a transform",
        CAL,
        sub(rb"transform: !transform/compose-1.4.0\n( {8}.*\n)+", "transform: null\n"),
        ("ASDF020",),
    )
    yield 5, "two frames of one name", CAL, sub(rb"name: v2v3vacorr", "name: v2v3"), ("ASDF020",)
    yield 5, "the last frame is not world", CAL, sub(rb"name: world\n", "name: earth\n"), ("ASDF020",)
    yield 5, "a frame without a name", CAL, sub(rb"^        name: detector\n", ""), ("ASDF020",)
    yield (
        5,
        "a frame is null",
        CAL,
        sub(rb"frame: !<tag:stsci.edu:gwcs/frame2d-1.2.0>\n( {8}.*\n)+", "frame: null\n"),
        ("ASDF020",),
    )
    yield (
        5,
        "a step without a frame",
        CAL,
        sub(rb"frame: !<tag:stsci.edu:gwcs/frame2d-1.2.0>\n(?: {8}.*\n)+      transform", "transform"),
        ("ASDF020",),
    )
    yield 5, "a frame of three names", CAL, put("axes_names: [x, y]", "axes_names: [x, y, z]"), ("ASDF020",)
    yield 5, "a frame of one axis", CAL, sub(rb"axes_order: \[0, 1\]", "axes_order: [0]"), ("ASDF020",)
    yield (
        5,
        "a frame of one unit",
        CAL,
        sub(rb"unit: \[!unit/unit-1.0.0 pixel, !unit/unit-1.0.0 pixel\]", "unit: [!unit/unit-1.0.0 pixel]"),
        ("ASDF020",),
    )


def _transforms():
    yield 5, "identity of three axes", CAL, put("n_dims: 2", "n_dims: 3"), ("ASDF021",)
    yield (
        5,
        "identity of three axes throughout",
        CAL,
        both(
            put("n_dims: 2", "n_dims: 3"),
            sub(
                rb"(identity-1.4.0\n        )inputs: .*\n(.*\n)        outputs: .*\n",
                rb"\1inputs: [x0, x1, x2]\n\2        outputs: [x0, x1, x2]\n",
            ),
        ),
        ("ASDF020",),
    )
    yield 5, "three names of inputs", CAL, sub(rb"inputs: \[x0, x1\]", "inputs: [x0, x1, x2]"), ("ASDF021",)
    yield 5, "one name of outputs", CAL, sub(rb"outputs: \[y0, y1\]", "outputs: [y0]"), ("ASDF021",)
    yield (
        5,
        "a part of a compound lost",
        CAL,
        sub(rb"(concatenate-1.4.0\n +forward:\n +- (?:.*\n){4})(?: +- .*\n)(?: {14}.*\n)+", rb"\1"),
        ("ASDF021",),
    )
    yield 5, "a compound of nothing", CAL, sub(rb"forward:\n( {12}.*\n)+", "forward: []\n"), ("ASDF021",)
    yield 5, "offset lost", CAL, sub(rb"^ +offset: .*\n", ""), ("ASDF021",)
    yield 5, "offset is a text", CAL, sub(rb"^( +)offset: .*", rb"\1" + b"offset: far"), ("ASDF021",)
    yield 5, "offset is null", CAL, sub(rb"^( +)offset: .*", rb"\1" + b"offset: null"), ("ASDF021",)
    yield 5, "factor lost", CAL, sub(rb"^ +factor: .*\n", ""), ("ASDF021",)
    yield 5, "angles lost", CAL, sub(rb"^ +angles: \[[^\]]*\]\n", ""), ("ASDF021",)
    yield 5, "four angles of five", CAL, sub(rb"angles: \[[^,]*, ", "angles: ["), ("ASDF021",)
    yield 5, "four axes of five", CAL, put("axes_order: zyxyz", "axes_order: zyxy"), ("ASDF021",)
    yield (
        5,
        "direction of the sphere unknown",
        CAL,
        put("spherical_to_cartesian", "spherical_to_somewhere"),
        ("ASDF021",),
    )
    yield (
        5,
        "directions of the sphere swapped",
        CAL,
        put("spherical_to_cartesian", "cartesian_to_spherical"),
        ("ASDF021",),
    )
    yield 5, "bounding box of another input", CAL, sub(rb"x0: \[-0.5", "z0: [-0.5"), ("ASDF023",)
    yield 5, "bounding box of one input", CAL, sub(rb"^ +x1: \[-0.5, 63.5\]\n", ""), ("ASDF023",)
    yield 5, "bounding box inverted", CAL, sub(rb"x0: \[-0.5, 63.5\]", "x0: [63.5, -0.5]"), ("ASDF023",)
    yield 5, "bounding box NaN", CAL, sub(rb"x0: \[-0.5, 63.5\]", "x0: [.nan, 63.5]"), ("ASDF023",)
    yield 5, "bounding box infinite", CAL, sub(rb"x0: \[-0.5, 63.5\]", "x0: [-0.5, .inf]"), ("ASDF023",)
    yield 5, "bounding box of texts", CAL, sub(rb"x0: \[-0.5, 63.5\]", "x0: [left, right]"), ("ASDF023",)
    yield 5, "bounding box of order Q", CAL, put("order: F", "order: Q"), ("ASDF023",)
    yield (
        5,
        "bounding box is a text",
        CAL,
        sub(rb"bounding_box: !transform/property/bounding_box-1.2.0\n( {10}.*\n)+", "bounding_box: all\n"),
        ("ASDF023",),
    )


def _positions():
    yield 6, "offset NaN", CAL, sub(rb"^( +)offset: .*", rb"\1" + b"offset: .nan"), ("ASDF022",)
    yield 6, "offset infinite", CAL, sub(rb"^( +)offset: .*", rb"\1" + b"offset: .inf"), ("ASDF022",)
    yield 6, "factor NaN", CAL, sub(rb"^( +)factor: .*", rb"\1" + b"factor: .nan"), ("ASDF022",)
    yield 6, "factor zero", CAL, sub(rb"^( +)factor: .*", rb"\1" + b"factor: 0.0"), ("ASDF022",)
    yield 6, "angle NaN", CAL, sub(rb"angles: \[[^,]*,", "angles: [.nan,"), ("ASDF022",)
    yield 6, "bounding box beyond the array", CAL, sub(rb"x0: \[-0.5, 63.5\]", "x0: [-0.5, 2047.5]"), ("ASDF023",)
    yield 6, "bounding box begins before the array", CAL, sub(rb"x0: \[-0.5, 63.5\]", "x0: [-5.5, 63.5]"), ("ASDF023",)
    yield 6, "bounding box ends within the array", CAL, sub(rb"x0: \[-0.5, 63.5\]", "x0: [-0.5, 62.5]"), ("ASDF023",)
    yield (
        6,
        "no bounding box",
        CAL,
        sub(rb"^ {8}bounding_box: !transform/property/bounding_box-1.2.0\n( {10}.*\n)+", ""),
        ("ASDF023",),
        "warning",
    )
    yield 6, "another roll angle", CAL, put("120.50000000000001", "121.50000000000001"), ("ASDF024",)
    yield 6, "another right ascension", CAL, put("-259.28]", "-259.29]"), ("ASDF024",)
    yield 6, "another V2", CAL, put("angles: [0.02389972222222222", "angles: [0.02390972222222222"), ("ASDF024",)
    yield 6, "signs of the angles", OLD, put("43.13, -259.28]", "-43.13, 259.28]"), ("ASDF024",)
    yield 6, "wavelengths all NaN", X1D, payload_of(0, nan), ("ASDF022",)
    yield 6, "wavelengths all zero", X1D, payload_of(0, bytes), ("ASDF022",)
    yield (
        6,
        "points of a lookup table fewer than its values",
        S2D,
        sub(rb"(points:\n +- !core/ndarray-1.1.0\n(?:.*\n){3} +shape: )\[50\]", rb"\1[49]"),
        ("ASDF021",),
    )
    yield 6, "matrix NaN", I2D, payload_of(0, nan), ("ASDF022",)
    yield 6, "fill_value NaN", SPEC, sub(rb"fill_value: .nan", "fill_value: .NaN"), ()


def tree_damages():
    """Every damage."""
    import tree_damages_silent

    for line, listed in ((1, _links), (2, _frames), (2, _blocks), (3, _values)):
        for name, file, change, codes, *severity in listed():
            yield TreeDamage(line, name, file, change, codes, *severity)
    for line, listed in (
        (1, tree_damages_silent.arrays),
        (3, tree_damages_silent.values),
        (6, tree_damages_silent.world),
    ):
        for name, file, change, codes, *severity in listed():
            yield TreeDamage(line, name, file, change, codes, *severity)
    for listed in (_worlds, _pipelines, _transforms, _positions):
        for line, name, file, change, codes, *severity in listed():
            yield TreeDamage(line, name, file, change, codes, *severity)
