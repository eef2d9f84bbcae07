"""Pages of documentation made from specs: the grid table of a spec's rows, with the captions that the real pages have."""

from pathlib import PurePath

HEADER = ("HDU", "EXTNAME", "HDU Type", "Data Type", "Dimensions")

CAPTIONS = {
    "i2d": "The FITS file structure for ``i2d`` and ``s2d`` products is as follows:",
    "rate": "The FITS file structure for a ``rate`` product is as follows:",
    "rateints": "The FITS file structure for a ``rateints`` product is as follows:",
    "cal": "The FITS file structure for a ``cal`` product is as follows:",
    "calints": "The FITS file structure for a ``calints`` product is as follows:",
    "ami-oi": "The overall structure of the OIFITS files (``ami-oi``, ``amimulti-oi``, and\n``aminorm-oi`` products) is:",
    "amilg": "The overall structure of the ``amilg`` FITS files is as follows:",
    "gs-id-image-uncal": 'The FITS file structure for uncalibrated ID "image" products is as follows:',
    "gs-id-stacked-uncal": 'The FITS file structure for uncalibrated ID "stacked" products is as follows:',
    "gs-id-image-cal": 'The FITS file structure for calibrated ID "image" products is as follows:',
    "gs-id-stacked-cal": 'The FITS file structure for calibrated ID "stacked" products is as follows:',
    "gs-acq1-uncal": "The FITS file structure for ACQ1 uncalibrated products is as follows:",
    "gs-acq1-cal": "The FITS file structure for ACQ1 calibrated products is as follows:",
    "gs-acq2-uncal": "The FITS file structure for ACQ2 uncalibrated products is as follows:",
    "gs-acq2-cal": "The FITS file structure for ACQ2 calibrated products is as follows:",
    "gs-track-uncal": "The FITS file structure for TRACK uncalibrated products is as follows:",
    "gs-track-cal": "The FITS file structure for TRACK calibrated products is as follows:",
    "gs-fg-uncal": "The FITS file structure for FineGuide uncalibrated products is as follows:",
    "gs-fg-cal": "The FITS file structure for FineGuide calibrated products is as follows:",
}
"""What stands before a table where a section has several; the others have a sentence that names no product."""

SHARED = {"s2d": "i2d", "amimulti-oi": "ami-oi", "aminorm-oi": "ami-oi", "x1dints": "x1d"}
"""Products whose table is that of another one in the same section."""


def grid(rows):
    """Grid table of rows of five cells."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["+" + "+".join(mark * (w + 2) for w in widths) + "+" for mark in "-="]
    out = [lines[0]]
    for number, row in enumerate(rows):
        out.append("|" + "|".join(f" {cell:<{w}} " for cell, w in zip(row, widths, strict=True)) + "|")
        out.append(lines[number == 0])
    return "\n".join(out)


def cells(row):
    """Cells of a spec's row as a page writes them."""
    extname = "N/A" if row.type == "primary" else row.extname + "*" * row.optional
    return ("" if row.hdu is None else str(row.hdu), extname, row.type, row.dtype or "N/A", row.dims or "N/A")


def table(spec):
    """Grid table of a spec's documented rows."""
    return grid([HEADER, *(cells(row) for row in spec.documents)])


def page_of(spec, caption="The FITS file structure is as follows."):
    """A page with the section of one spec."""
    return section(f"{spec.title}: ``{spec.product}``", [spec.product], [(caption, table(spec))])


def section(title, labels, tables):
    """A section with its labels and its tables, each after its caption."""
    lines = [f".. _{label}:" for label in labels]
    lines += ["", title, "^" * len(title), "Made by the :ref:`step <step>` as a `~jwst.datamodels.Model`.", ""]
    for caption, text in tables:
        lines += [caption, "", text, "", " - SCI: the data.", ""]
    return "\n".join(lines) + "\n"


def pages(catalogue):
    """Every page that the specs have as their documentation, by name, sections and tables as the real ones have them."""
    sections = {}
    for name in catalogue.names():
        spec = catalogue.spec(name)
        page, _, label = spec.documentation.partition("#")
        if label and spec.format == "FITS" and catalogue.document(name).hdus is not None and name != "segm":
            together = {"rateints": "rate", "calints": "cal", "amilg": "ami-oi"}.get(name, SHARED.get(name, label))
            sections.setdefault((PurePath(page).name, together), []).append(spec)
    found = {}
    for (page, label), specs in sections.items():
        own = [s for s in specs if s.product not in SHARED]
        tables = [(CAPTIONS.get(s.product, "The layout is as follows."), table(s)) for s in own]
        words = " and ".join(f"``{s.product}``" for s in specs)
        title = label.replace("-", " ") if label.endswith(("-mode", "-structure")) else f"Data: {words}"
        labels = [s.documentation.partition("#")[2] for s in specs if "-" not in label or label == "ami-oi"]
        found[page] = found.get(page, "") + section(title, dict.fromkeys(labels), tables) + "\n"
    return found
