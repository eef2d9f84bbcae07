"""A plan -> the bytes of a FITS file, written by astropy."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.content import axes_of, column, dtype_of, fields, image, rows_in
from jwstprod_check.make.oifits import KEYWORDS, PRIMARY_KEYWORDS
from jwstprod_check.make.plan import Plan, make_plan
from jwstprod_check.make.tree import Link, asdf_tree
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.spec.model import Row, Spec
from jwstprod_check.spec.patterns import example
from jwstprod_check.spec.schema import KeywordRange, KeywordValue

VOCABULARY: Final = "keywords"
"""Document of the keyword dictionary."""

PRIMARY: Final = "PRIMARY"

_WHEN = "2026-01-02T00:00:00"
_TEXT: Final = "N/A"
_ANY: Final[dict[str, Scalar]] = {"integer": 1, "float": 1.0, "logical": False}
_EXAMPLES: Final = {
    "ASNTABLE": "jw01234-o001_20260101t000000_image3_00001_asn.json",
    "ASNPOOL": "jw01234_20260101t000000_pool.csv",
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
    from io import BytesIO

    from astropy.io import fits

    specs = catalogue or Catalogue()
    spec = specs.spec(product) if isinstance(product, str) else product
    plan = make_plan(spec, symbols=symbols, keywords=keywords, optional=optional, sets=sets, strict=strict)
    words = {n: d for n, d in (specs.documents.read(VOCABULARY) or {}).items() if isinstance(d, dict)}
    hdus = [_primary(plan, words), *_extensions(plan)]
    _complete(plan, words, hdus)
    if checksums:
        for hdu in hdus:
            hdu.add_checksum(when=_WHEN)
    buffer = BytesIO()
    fits.HDUList(hdus).writeto(buffer)
    return buffer.getvalue()


def _complete(plan: Plan, words: Mapping[str, dict[str, Any]], hdus: list[Any]) -> None:
    """Write the keywords that the product needs besides those that the plan has, each in its home."""
    for keyword in plan.needed:
        word = words.get(keyword, {})
        home = word.get("hdu", PRIMARY)
        names = [home] if isinstance(home, str) else home
        listed = word.get("values") or [_EXAMPLES.get(keyword, _ANY.get(word.get("type", ""), _TEXT))]
        for hdu in hdus:
            if (PRIMARY if hdu is hdus[0] else hdu.name) in names and keyword not in hdu.header:
                hdu.header[keyword] = listed[0]
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
        card = fits.Card(keyword, value, str(words.get(keyword, {}).get("meaning") or ""))
        # A comment that does not fit the card is left out; astropy would truncate it with a warning.
        shown = max(len(repr(value)), 20) + len(str(card.comment)) + 13 <= 80
        primary.header.append(card if shown else fits.Card(keyword, value), end=True)
    return primary


def _extensions(plan: Plan) -> list[Any]:
    written: list[Any] = []
    links: list[Link] = []
    slits: list[Link] = []
    variances = sum(r.name.startswith("VAR_") for r in plan.rows)
    single = [r for r in plan.rows if r.name not in plan.set_rows]
    in_sets = [(r, n) for n in range(1, plan.sets + 1) for r in plan.rows if r.name in plan.set_rows]
    order = [(r, 1) for r in single if r.name != "ASDF"]
    at = next((i for i, r in enumerate(plan.rows) if r.name in plan.set_rows), 0)
    for row, extver in (*order[:at], *in_sets, *order[at:]):
        if row.type == "IMAGE":
            axes = axes_of(row, plan.symbols)
            link = Link(name_of(row), extver, dtype_of(row), axes)
            written.append(_image(row, axes, extver, variances))
        else:
            rows, listed = rows_in(row, plan), fields(row, plan)
            link = Link(name_of(row), extver, "", (rows,), tuple(listed))
            written.append(_table(row, [column(row, field, rows, plan) for field in listed], extver))
        (slits if row.name in plan.set_rows else links).append(link)
    if any(r.name == "ASDF" for r in plan.rows):
        written.append(_asdf(asdf_tree(links, slits, plan.keywords)))
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
