"""Judging bytes and files in tests, with one catalogue for all."""

from pathlib import Path, PurePath

from jwstprod_check.config import Options
from jwstprod_check.engine.run import run_rules
from jwstprod_check.fits.walk import read_fits
from jwstprod_check.product import identify
from jwstprod_check.spec.loader import Catalogue

DATA = Path(__file__).parent / "data"
CATALOGUE = Catalogue()


def judge_file(target, name=None, specs=None, **options):
    """Judge bytes or a path under a name: ``judge_file(raw, "jw..._dark.fits", strict=True)``."""
    target = target if isinstance(target, bytes) else str(target)
    base = name if name is not None else "" if isinstance(target, bytes) else PurePath(target).name
    file = read_fits(target, base)
    used = specs or CATALOGUE
    product = identify(file, used, options.get("product"), base)
    return run_rules(file, product, used, Options(**options))


def loud(report):
    """Findings above info."""
    return [f for f in report.findings if f.severity != "info"]


def errors(report):
    return [f for f in report.findings if f.severity == "error"]


def codes(report):
    return sorted(f.code for f in loud(report))


def use_rules(monkeypatch, rules):
    """Have the engine run these rules instead of all."""
    from jwstprod_check.engine import plan as options
    from jwstprod_check.engine import run as engine

    monkeypatch.setattr(
        options, "structure_rules", lambda: tuple(r for r in rules if r.level == "structure" and r.scope != "profile")
    )
    monkeypatch.setattr(options, "data_rules", lambda: tuple(r for r in rules if r.level == "data"))
    monkeypatch.setattr(engine, "plan", options.plan.__wrapped__)
