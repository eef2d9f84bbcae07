"""A file name for a product, in one of the forms of the naming grammar."""

from collections.abc import Iterator, Mapping
from typing import Final

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.product.file_name import parse_name
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.model import Spec
from jwstprod_check.spec.patterns import example

_DETECTORS: Final = {"NIRCAM": "nrca1", "NIRISS": "nis", "NIRSPEC": "nrs1", "MIRI": "mirimage", "FGS": "guider1"}
_FUNCTIONS: Final = ("acq1", "acq2", "track", "fg")


def name_for(spec: Spec, keywords: Mapping[str, Scalar]) -> str:
    """Return a base name that identifies the product of a spec.

    ``keywords`` (PROGRAM, INSTRUME, DETECTOR, EXSEGNUM ...) fill the fields of the name where their values fit the
    grammar. Raises ``SpecError`` where no form of the grammar can identify the product.
    """
    if not spec.recognise.suffixes:
        return example(spec.recognise.names[0]) if spec.recognise.names else f"{spec.product}.fits"
    suffixes, parts, forms = spec.recognise.suffixes, spec.recognise.name_contains, spec.recognise.by_form()
    for given in (keywords, {}):
        for base in _candidates(suffixes, {k: str(v) for k, v in given.items() if v is not None}):
            name = parse_name(base, forms)
            if name.form and name.suffix in suffixes and all(part in base for part in parts):
                return base
    loose = f"made_{suffixes[0]}.fits"
    if not parts and parse_name(loose, forms).suffix == suffixes[0]:
        return loose
    raise SpecError(f"no form of the naming grammar identifies the product {spec.product!r}")


def _candidates(suffixes: list[str], given: Mapping[str, str]) -> Iterator[str]:
    """Names in every form of the grammar, for each suffix; not all are legal for it."""
    program = given.get("PROGRAM", "01234").zfill(5)
    visit = f"jw{program}{given.get('OBSERVTN', '001').zfill(3)}{given.get('VISIT', '001').zfill(3)}"
    activity = f"{given.get('VISITGRP', '02').zfill(2)}{given.get('SEQ_ID', '1')}{given.get('ACT_ID', '01').zfill(2)}"
    instrument = given.get("INSTRUME", "NIRCAM").upper()
    detector = given.get("DETECTOR", _DETECTORS.get(instrument, "nrca1")).lower()
    segment = f"-seg{given['EXSEGNUM'].zfill(3)}" if "EXSEGNUM" in given else ""
    exposure = f"{visit}_{activity.lower()}_{given.get('EXPOSURE', '1').zfill(5)}{segment}_{detector}"
    source = f"jw{program}-o{given.get('OBSERVTN', '001').zfill(3)}_t001_{instrument.lower()}_clear-f200w"
    for suffix in suffixes:
        yield f"{exposure}_{suffix}.fits"
        yield f"{exposure}_o001_{suffix}.fits"
        yield f"{source}_{suffix}.fits"
        yield f"{source}_{suffix}-01.fits"
        yield from (f"{visit}_gs-id_1_{kind}_{suffix}.fits" for kind in ("image", "stacked"))
        yield from (f"{visit}_gs-{function}_2026001000000_{suffix}.fits" for function in _FUNCTIONS)
        yield f"{visit}_01_{suffix}.fits"
