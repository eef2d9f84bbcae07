"""Judging bytes and files in tests, with one catalogue for all."""

import gzip
from pathlib import Path, PurePath

from jwstprod_check import check
from jwstprod_check.config import Options
from jwstprod_check.engine.check import tables_of
from jwstprod_check.engine.run import run_rules
from jwstprod_check.fits.walk import read_source
from jwstprod_check.product import identify
from jwstprod_check.rules import all_rules
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.storage.backends import open_source

DATA = Path(__file__).parents[1] / "data"
CATALOGUE = Catalogue()
DARK = DATA / "good" / "jwst-3.0.0" / "jw01234001001_02103_00001_nrca1_dark.fits"
"""A real file that conforms and is quiet."""


REAL = [path for folder in ("good", "warned") for path in sorted((DATA / folder).glob("*/*.fits*"))]
"""Real files that conform, those with warnings last."""


def real(name):
    """The real file of a release and name, ``jwst-3.0.0/x_dark.fits``, that conforms."""
    (found,) = (path for path in REAL if f"{path.parent.name}/{path.name}" == name)
    return found


def judge_file(target, name=None, specs=None, **options):
    """Judge bytes or a path under a name: ``judge_file(raw, "jw..._dark.fits", strict=True)``."""
    target = target if isinstance(target, bytes) else str(target)
    base = name if name is not None else "" if isinstance(target, bytes) else PurePath(target).name
    used = specs or CATALOGUE
    with open_source(target, base) as source:
        file = read_source(source, base)
        product = identify(file, used, options.get("product"), base)
        tables = tables_of(file, product, used, source)
    return run_rules(file, product, used, Options(**options), tables=tables)


def loud(report):
    """Findings above info."""
    return [f for f in report.findings if f.severity != "info"]


def errors(report):
    return [f for f in report.findings if f.severity == "error"]


def codes(report):
    return sorted(f.code for f in loud(report))


def only(raw, name, **options):
    """The one finding above info of a file."""
    (found,) = loud(judge_file(raw, name, **options))
    return found


def placed(raw, name, family="", **options):
    """Code, severity, HDU and keyword of the findings above info, of one family or all."""
    report = judge_file(raw, name, **options)
    return [(f.code, str(f.severity), f.hdu, f.keyword) for f in loud(report) if f.code.startswith(family)]


def layout(report):
    """Code, EXTNAME and column or keyword of the findings on HDUs, arrays, tables and the keywords that state sizes.

    What the rows of OIFITS tables contain is no layout.
    """
    sizes = ("KEY001", "KEY002", "KEY003", "KEY004", "KEY005")
    families = ("FILE", "PROD", "HDU", "ARR", "TAB", "TOOL")
    content = {r.code for r in all_rules() if "interferometry" in r.traits}
    return [
        (f.code, f.extname, f.column or f.keyword)
        for f in loud(report)
        if (f.code[:-3] in families or f.code in sizes) and f.code not in content
    ]


def found(raw, *families, **options):
    """Findings of some families in a check through the public API; no rule crashed."""
    report = check(raw, **options)
    assert not [f for f in report.findings if f.code == "TOOL001"]
    return [f for f in report.findings if f.code.startswith(families)]


def raw_of(path):
    """Bytes of a real file, unpacked."""
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def use_rules(monkeypatch, rules):
    """Have the engine run these rules instead of all; none remembers what those of another test found."""
    from jwstprod_check.engine import plan as options
    from jwstprod_check.engine import run as engine

    monkeypatch.setattr(
        options, "structure_rules", lambda: tuple(r for r in rules if r.level == "structure" and r.scope != "profile")
    )
    monkeypatch.setattr(options, "data_rules", lambda: tuple(r for r in rules if r.level == "data"))
    monkeypatch.setattr(engine, "plan", options.plan.__wrapped__)
    monkeypatch.setattr(engine, "structure_of", lambda *_: None)
