"""A plan -> the bytes of a FITS file, written by astropy."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.content import axes_of, column, dtype_of, fields, image, rows_in
from jwstprod_check.make.oifits import KEYWORDS, PRIMARY_KEYWORDS
from jwstprod_check.make.parts import header, split
from jwstprod_check.make.plan import Plan, make_plan
from jwstprod_check.make.tree import Link, Raw, asdf_tree, model_of
from jwstprod_check.make.world import keywords as world_keywords
from jwstprod_check.make.world import world
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.spec.model import Row, Spec
from jwstprod_check.spec.patterns import example
from jwstprod_check.spec.schema import KeywordRange, KeywordValue

VOCABULARY: Final = "keywords"
"""Document of the keyword dictionary."""

PRIMARY: Final = "PRIMARY"

_IMAGES: Final = frozenset({"ImageModel", "CubeModel", "SegmentationMapModel"})
"""Data models of one field of view."""

_RESAMPLED: Final = frozenset({"i2d", "segm"})
_WHEN = "2026-01-02T00:00:00"
_TEXT: Final = "N/A"
_ANY: Final[dict[str, Scalar]] = {"integer": 1, "float": 1.0, "logical": False}
_EXAMPLES: Final = {
    "ASNTABLE": "jw01234-o001_20260101t000000_image3_00001_asn.json",
    "ASNPOOL": "jw01234_20260101t000000_pool.csv",
    "PIXAR_SR": 2.3504431e-14,
    "PIXAR_A2": 0.001,
}


def make(
    product: str | Spec,
    catalogue: Catalogue | None = None,
    *,
    symbols: Mapping[str, int] | None = None,
    keywords: Mapping[str, Scalar] | None = None,
    optional: Iterable[str] = (),
    sets: int = 2,
    strict: bool = False,
    checksums: bool = False,
) -> bytes:
    """Return a small FITS file that conforms to the spec of a product; the same arguments give the same bytes.

    It contains the required HDUs of the table as amended for the keywords, the ``optional`` ones by EXTNAME, and ``sets``
    EXTVERs of those that come in sets. ``symbols`` are dimensions (``nints=3``), ``keywords`` go to the primary
    header; one of None is left out. ``strict`` writes the documented table without amendments, ``checksums`` adds
    CHECKSUM and DATASUM.
    Raises ``SpecError`` for a product, a symbol or a row that does not exist.
    """
    specs = catalogue or Catalogue()
    spec = specs.spec(product) if isinstance(product, str) else product
    plan = make_plan(spec, symbols=symbols, keywords=keywords, optional=optional, sets=sets, strict=strict)
    words = {n: d for n, d in (specs.documents.read(VOCABULARY) or {}).items() if isinstance(d, dict)}
    extensions = _extensions(plan)
    hdus = [_primary(plan, words), *(hdu for hdu, _ in extensions)]
    _complete(plan, words, hdus)
    sky = _world(plan, specs, hdus, frozenset(keywords or {}))
    if checksums:
        for hdu in hdus:
            hdu.add_checksum(when=_WHEN)
    raw = _written(hdus)
    if any(r.name == "ASDF" for r in plan.rows):
        tree = _tree(plan, specs, hdus, [link for _, link in extensions], sky, raw)
        asdf = _asdf(tree)
        if checksums:
            asdf.add_checksum(when=_WHEN)
        raw = _written([*hdus, asdf])
    return raw


def _written(hdus: list[Any]) -> bytes:
    from io import BytesIO

    from astropy.io import fits

    buffer = BytesIO()
    fits.HDUList(hdus).writeto(buffer)
    return buffer.getvalue()


def _world(plan: Plan, specs: Catalogue, hdus: list[Any], given: frozenset[str]) -> Raw | None:
    """World coordinates of an image of a product that has them, and the keywords that say so."""
    products = (specs.documents.read("asdf_world") or {}).get("products", [])
    science = next((hdu for hdu in hdus[1:] if hdu.name == "SCI" and hdu.is_image), None)
    one_image = plan.keywords.get("DATAMODL") in _IMAGES and not plan.set_rows
    state = plan.keywords.get("S_WCS", "COMPLETE")
    if plan.spec.product not in products or science is None or not one_image or state != "COMPLETE":
        return None
    axes = tuple(science.shape[::-1])
    camera = plan.spec.product not in _RESAMPLED
    if "S_WCS" not in given:
        hdus[0].header["S_WCS"] = "COMPLETE"
    for keyword, value in world_keywords(camera, axes).items():
        science.header.setdefault(keyword, value)
    return world(camera, axes)


def _tree(plan: Plan, specs: Catalogue, hdus: list[Any], links: list[Link], sky: Raw | None, raw: bytes) -> bytes:
    """Content of the ASDF extension of a file that is written but for it."""
    from hashlib import sha256

    name = str(plan.keywords.get("DATAMODL", ""))
    model = model_of(name, specs.documents.read("asdf_tree"), specs.documents.read("asdf_keywords") or {})
    digest = sha256(b"".join(header(part) for part in split(raw))).hexdigest()
    headers = [
        (hdu.name if i else PRIMARY, hdu.ver if i else 1, {k: v for k, v in hdu.header.items() if _is_value(v)})
        for i, hdu in enumerate(hdus)
    ]
    single = [link for link in links if link.extname.upper() not in plan.set_rows]
    in_sets = [link for link in links if link.extname.upper() in plan.set_rows]
    return asdf_tree(model, single, in_sets, headers, sky, digest)


def _is_value(value: object) -> bool:
    return isinstance(value, str | bool | int | float)


def _complete(plan: Plan, words: Mapping[str, dict[str, Any]], hdus: list[Any]) -> None:
    """Write the keywords that the product needs besides those that the plan has, each in its home."""
    for keyword in plan.needed:
        word = words.get(keyword, {})
        home = word.get("hdu", PRIMARY)
        names = [home] if isinstance(home, str) else home
        listed = word.get("values") or [_EXAMPLES.get(keyword, _ANY.get(word.get("type", ""), _TEXT))]
        own = next((n for n in names if n == PRIMARY or any(hdu.name == n for hdu in hdus[1:])), PRIMARY)
        for hdu in hdus:
            if (PRIMARY if hdu is hdus[0] else hdu.name) == own and keyword not in hdu.header:
                hdu.header[keyword] = listed[0]
    for keyword, value in plan.keywords.items():
        homes = homes_of(keyword, words, plan)
        for hdu in hdus[1:]:
            if hdu.name in homes:
                hdu.header[keyword] = value
    for hdu in hdus[1:]:
        hdu.header.update(KEYWORDS.get(hdu.name, {}))
    if any(hdu.name in KEYWORDS for hdu in hdus):
        hdus[0].header.update({k: v for k, v in PRIMARY_KEYWORDS.items() if k not in hdus[0].header})
    for row in plan.active.rows:
        for hdu in hdus:
            if row.keywords and row.claims("" if hdu is hdus[0] else hdu.name.upper()):
                hdu.header.update({keyword: _allowed(value) for keyword, value in row.keywords.items()})
    for unit in plan.spec.header.units[:1]:
        for hdu in hdus:
            if hdu.name in {"SCI", "ERR"} and hdu.is_image:
                hdu.header["BUNIT"] = unit


def homes_of(keyword: str, words: Mapping[str, dict[str, Any]], plan: Plan) -> list[str]:
    """Extensions that are the home of a keyword, if the primary is not and nobody asked for the keyword."""
    if keyword in plan.asked:
        return []
    present = {row.name for row in plan.rows}
    home = words.get(keyword, {}).get("hdu", PRIMARY)
    names = [home] if isinstance(home, str) else home
    return [] if PRIMARY in names else [n for n in names if n in present]


def _allowed(value: KeywordValue) -> Scalar:
    """Return a value that a row of a spec allows."""
    if isinstance(value, list):
        return value[0]
    if isinstance(value, KeywordRange):
        return value.least if value.least is not None else value.most
    return value


def _primary(plan: Plan, words: Mapping[str, dict[str, Any]]) -> Any:
    from astropy.io import fits

    row = next((r for r in plan.active.rows if r.type == "primary" and r.described), None)
    primary = fits.PrimaryHDU(None if row is None else image(row, axes_of(row, plan.symbols), 0))
    for keyword, value in plan.keywords.items():
        if homes_of(keyword, words, plan):
            continue
        card = fits.Card(keyword, value, str(words.get(keyword, {}).get("meaning") or ""))
        # A comment that does not fit the card is left out; astropy would truncate it with a warning.
        shown = max(len(repr(value)), 20) + len(str(card.comment)) + 13 <= 80
        primary.header.append(card if shown else fits.Card(keyword, value), end=True)
    return primary


def _extensions(plan: Plan) -> list[tuple[Any, Link]]:
    """Every HDU besides the primary and ASDF, with its link for the tree."""
    written: list[tuple[Any, Link]] = []
    variances = sum(r.name.startswith("VAR_") for r in plan.rows)
    single = [r for r in plan.rows if r.name not in plan.set_rows]
    in_sets = [(r, n) for n in range(1, plan.sets + 1) for r in plan.rows if r.name in plan.set_rows]
    order = [(r, 1) for r in single if r.name != "ASDF"]
    at = next((i for i, r in enumerate(plan.rows) if r.name in plan.set_rows), 0)
    for row, extver in (*order[:at], *in_sets, *order[at:]):
        if row.type == "IMAGE":
            axes = axes_of(row, plan.symbols)
            link = Link(name_of(row), extver, dtype_of(row), axes)
            written.append((_image(row, axes, extver, variances), link))
        else:
            rows, listed = rows_in(row, plan), fields(row, plan)
            link = Link(name_of(row), extver, "", (rows,), tuple(listed))
            made = _table(row, [column(row, field, rows, plan) for field in listed], extver)
            written.append((made, link))
    return written


def name_of(row: Row) -> str:
    """EXTNAME of a row's HDU, one of its names where it has several."""
    return example(row.extname or "")


def _image(row: Row, axes: tuple[int, ...], extver: int, variances: int) -> Any:
    from astropy.io import fits

    hdu = fits.ImageHDU(image(row, axes, variances), name=name_of(row), ver=extver)
    hdu.header["EXTNAME"] = name_of(row)
    return hdu


def _table(row: Row, cells: list[Any], extver: int) -> Any:
    from astropy.io import fits

    hdu = fits.BinTableHDU.from_columns(cells, name=name_of(row), ver=extver)
    hdu.header["EXTNAME"] = name_of(row)
    return hdu


def _asdf(tree: bytes) -> Any:
    import numpy as np
    from astropy.io import fits

    cell = np.frombuffer(tree, dtype=np.uint8)[None, :]
    column = fits.Column("ASDF_METADATA", f"{len(tree)}B", array=cell)
    return fits.BinTableHDU.from_columns([column], name="ASDF")
