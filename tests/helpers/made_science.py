"""Science products made for tests: HDUs of given axes, tables with the columns of a column table."""

import re

from builders import image, join, primary, table

BITPIX = {"float32": -32, "uint32": 32, "int32": 32, "uint16": 16, "uint8": 8}
OFFSET = {"uint32": 2147483648, "uint16": 32768}
FORMS = {
    "float64": ("D", 8),
    "float32": ("E", 4),
    "int32": ("J", 4),
    "uint32": ("J", 4),
    "int16": ("I", 2),
    "uint8": ("B", 1),
}
COLUMN = re.compile(r"(str|[a-z]+\d+)(\d*)(?:\[(.+)\])?\Z")


def array(extname, *axes, dtype="float32", extver=1):
    """An image HDU as a reader sees it."""
    part = image(extname, axes, BITPIX[dtype], extver=extver)
    return part.with_card("BZERO", OFFSET[dtype]) if dtype in OFFSET else part


def listed(catalogue, columns, extname, rows=2, extver=1, nelem=5, without=()):
    """A table with the columns of a column table."""
    made, offsets = [], []
    for column in catalogue.columns(columns).columns:
        dtype = column.dtype if isinstance(column.dtype, str) else column.dtype[0]
        if column.name in without:
            continue
        text = re.match(r"str(\d*)\Z", dtype)
        if text:
            made.append((column.name, f"{text[1] or 8}A", int(text[1] or 8)))
            continue
        base, _, length = COLUMN.match(dtype).groups()
        code, width = FORMS[base]
        repeat = 1 if length is None else int(length) if length.isdigit() else nelem
        made.append((column.name, f"{repeat}{code}" if length else code, repeat * width))
        if base == "uint32":
            offsets.append(len(made))
    part = table(extname, made, rows, extver)
    for n in offsets:
        part = part.with_card(f"TZERO{n}", 2147483648)
    for n, (name, _, _) in enumerate(made, 1):
        unit = next(c.unit for c in catalogue.columns(columns).columns if c.name == name)
        part = part.with_card(f"TUNIT{n}", unit) if unit else part
    return part


def made(model, release, *parts, **keywords):
    """A file with a primary, the HDUs and an ASDF."""
    asdf = table("ASDF", [("ASDF_METADATA", "10B", 10)]).without_card("EXTVER")
    stated = {"DATAMODL": model, "TELESCOP": "JWST", **({"CAL_VER": release} if release else {}), **keywords}
    return join([primary(**stated), *parts, asdf])


def slit(extver, ncols, nrows, *more, nints=None):
    """The HDUs of a slit in the order of the data model; ``more`` are further EXTNAMEs."""
    axes = (ncols, nrows) if nints is None else (ncols, nrows, nints)
    sci = array("SCI", *axes, extver=extver).with_card("SLTSIZE1", ncols).with_card("SLTSIZE2", nrows)
    names = ("ERR", "VAR_POISSON", "VAR_RNOISE", "VAR_FLAT")
    flat = [array(n, ncols, nrows, extver=extver) for n in more]
    return [
        sci,
        array("DQ", *axes, dtype="uint32", extver=extver),
        *(array(n, *axes, extver=extver) for n in names),
        *flat,
    ]
