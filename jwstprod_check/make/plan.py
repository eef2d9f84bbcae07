"""Content of a made file: its HDUs, the values of its symbols, and keywords that state them.

A symbol's value is the requested one, else what the given keywords state, else a small default. Keywords follow from
the spec's own statements (``nints``: ``INTEND - INTSTART + 1``, else ``NINTS``) solved for the keyword: it gets the
value with which the statement gives the symbol. Amendments depend on keywords and keywords on amendments, so both
are settled together.
"""

import ast
from collections.abc import Iterable, Mapping
from math import lcm
from typing import Final

import msgspec

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.names import name_for
from jwstprod_check.product.file_name import parse_name
from jwstprod_check.spec.amend import amend
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.expressions import Expression
from jwstprod_check.spec.model import ActiveSpec, Row, Spec, Symbol

CAL_VER: Final = "1.17.0"
"""Release that a made file names: the last to which the documented tables apply without amendment."""

START: Final = 61041.0
"""MJD at which a made exposure begins, 2026-01-01."""

SECONDS: Final = 600.0
"""Duration of a made exposure."""

_SIZES: Final = {"ncols": 16, "nrows": 12, "ngroups": 5, "nints": 2, "nplanes": 1}
_SIZE: Final = 4
_ROUNDS: Final = 8

_PREFIXES: Final = {"NRC": "NIRCAM", "NIS": "NIRISS", "NRS": "NIRSPEC", "MIR": "MIRI", "FGS": "FGS"}
_INSTRUMENTS: Final = {
    "NIRCAM": ("NRCA1", "NRC_IMAGE"),
    "NIRISS": ("NIS", "NIS_IMAGE"),
    "NIRSPEC": ("NRS1", "NRS_FIXEDSLIT"),
    "MIRI": ("MIRIMAGE", "MIR_IMAGE"),
    "FGS": ("GUIDER1", "FGS_IMAGE"),
}
_MODELS: Final = {"output_pers": "RampModel"}
"""Data models of products that are not recognised by theirs."""

_APERTURES: Final = {
    "NIRISS": "NIS_CEN",
    "NIRSPEC": "NRS_FULL_MSA",
    "MIRI": "MIRIM_FULL",
}
_FILTERS: Final = {"NIRSPEC": "CLEAR", "MIRI": "F770W"}
_FIXED: Final[dict[str, Scalar]] = {
    "DATE": "2026-01-02T00:00:00.000",
    "ORIGIN": "STSCI",
    "TELESCOP": "JWST",
    "CAL_VER": CAL_VER,
    "PROGRAM": "01234",
    "OBSERVTN": "001",
    "VISIT": "001",
    "VISIT_ID": "01234001001",
    "DATE-OBS": "2026-01-01",
    "TIME-OBS": "00:00:00.000",
    "DATE-BEG": "2026-01-01T00:00:00.000",
    "DATE-END": "2026-01-01T00:10:00.000",
    "EXPSTART": START,
    "EXPMID": START + SECONDS / 2 / 86400,
    "EXPEND": START + SECONDS / 86400,
}
_READOUT: Final[dict[str, Scalar]] = {
    "NRESETS": 1,
    "NFRAMES": 1,
    "GROUPGAP": 0,
    "TFRAME": 10.0,
    "TGROUP": 10.0,
    "READPATT": "RAPID",
    "SUBARRAY": "FULL",
    "EFFEXPTM": SECONDS,
}
"""Keywords that steps read, where the product needs them."""


class Plan(msgspec.Struct, frozen=True):
    """A file to be made. ``keywords`` are those of the primary header; ``rows`` the extensions in order.

    ``asked`` are the keywords that were requested, which are written into the primary header wherever their home is.
    ``needed`` are other keywords that the product requires or recommends, in their home header. ``sets`` counts the EXTVERs of rows that come in sets; ``set_rows`` are their names in upper case.
    """

    spec: Spec
    active: ActiveSpec
    rows: tuple[Row, ...]
    symbols: dict[str, int]
    keywords: dict[str, Scalar]
    asked: frozenset[str]
    needed: tuple[str, ...]
    sets: int
    set_rows: frozenset[str]


class _Facts:
    """The file as planned, for the expressions of a spec."""

    def __init__(self, keywords: Mapping[str, Scalar], names: frozenset[str]) -> None:
        self._keywords = keywords
        self._names = names

    def keyword(self, name: str) -> Scalar:
        """Value of a planned keyword."""
        return self._keywords.get(name)

    def present(self, extname: str) -> bool:
        """Whether an HDU is planned."""
        return extname.upper() in self._names


def make_plan(
    spec: Spec,
    *,
    symbols: Mapping[str, int] | None = None,
    keywords: Mapping[str, Scalar] | None = None,
    optional: Iterable[str] = (),
    sets: int = 2,
    strict: bool = False,
) -> Plan:
    """Determine the content of a file of a product.

    ``symbols`` and ``keywords`` are requested values (a keyword of None is left out), ``optional`` the
    EXTNAMEs of optional rows to be written, ``sets`` the number of EXTVERs where HDUs come in sets; ``strict`` ignores
    amendments.
    Raises ``SpecError`` for a symbol or a row that the spec does not have.
    """
    asked = frozenset(n.upper() for n in optional)
    given, sizes = dict(keywords or {}), dict(symbols or {})
    own = {**_implied(spec, asked), **given}
    written = {**_defaults(spec, own), **own}
    names: frozenset[str] = asked
    for _ in range(_ROUNDS):
        before = dict(written), names
        active = amend(spec, _Facts(written, names), strict)
        rows = _rows(active, asked)
        names = frozenset(r.name for r in rows)
        described = (*rows, *(r for r in active.rows if r.type == "primary"))
        values = _values(active, described, sizes, _Facts(written, names), own)
        for name, value in {**sizes, **values}.items():
            _state(active.symbols[name], value, written, own, names)
            if name in spec.symbols:
                # So that the documented table applies without amendments too, where an amendment unbinds the symbol.
                _state(spec.symbols[name], value, written, own, names)
        if (written, names) == before:
            break
    _contain_segment(written, own)
    unknown = sorted(asked - names)
    if unknown:
        raise SpecError(f"{spec.product} has no row {unknown[0]!r}")
    name = str(written.setdefault("FILENAME", name_for(spec, written)))
    read = _read_by_steps(spec, written, names)
    written.update((k, v) for k, v in _readout(written).items() if k in read and k not in written)
    needed = [k for k in dict.fromkeys([*_needed(spec, name), *read]) if k not in written]
    in_sets = frozenset(n.upper() for n in active.sets.rows) if active.sets else frozenset()
    kept: dict[str, Scalar] = {k: v for k, v in written.items() if v is not None}
    return Plan(spec, active, rows, values, kept, frozenset(given), tuple(needed), sets, in_sets)


def file_name(spec: Spec, keywords: Mapping[str, Scalar] | None = None, optional: Iterable[str] = ()) -> str:
    """Return the base name of a file made with these arguments, which is its FILENAME too; raises ``SpecError``."""
    return str(make_plan(spec, keywords=keywords, optional=optional).keywords["FILENAME"])


def _needed(spec: Spec, name: str) -> list[str]:
    """Keywords that the product requires or recommends, besides those of its dimensions."""
    needs = spec.header
    words = [*needs.required, *needs.recommended]
    if "asn_candidate" in parse_name(name, spec.recognise.by_form()).fields:
        words += [*needs.combined_required, *needs.combined_recommended]
    return words


def _read_by_steps(spec: Spec, written: Mapping[str, Scalar], names: frozenset[str]) -> list[str]:
    """Keywords that steps read in such a file."""
    facts = _Facts({"BUNIT": next(iter(spec.header.units), None), **written}, names)
    return [need.keyword for need in spec.step_keywords if need.when is None or need.when.holds(facts)]


def _readout(written: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Values of the keywords that steps read, for the detector of the file."""
    instrument = str(written.get("INSTRUME"))
    place = str(written.get("DETECTOR")).replace("LONG", "5").replace("GUIDER", "FGS")
    aperture = _APERTURES.get(instrument, f"{place}_FULL")
    return {**_READOUT, "APERNAME": aperture, "FILTER": _FILTERS.get(instrument, "F200W")}


def _defaults(spec: Spec, own: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Keywords that identify the file, in agreement with the requested ones."""
    types = _exposures(spec)
    instrument = own.get("INSTRUME")
    if not isinstance(instrument, str):
        instrument = _PREFIXES.get(str(own.get("EXP_TYPE") or (types or [""])[0])[:3], "NIRCAM")
    detector, exp_type = _INSTRUMENTS.get(instrument, _INSTRUMENTS["NIRCAM"])
    fitting = [t for t in types if _PREFIXES.get(t[:3]) == instrument]
    if exp_type in fitting and not spec.recognise.exp_types:
        fitting = [exp_type]
    model = spec.recognise.models[0] if spec.recognise.models else _MODELS.get(spec.product)
    return {
        **_FIXED,
        **({"DATAMODL": model} if model else {}),
        "INSTRUME": instrument,
        "DETECTOR": detector,
        "EXP_TYPE": (fitting or types or [exp_type])[0],
        **dict.fromkeys(spec.steps, "COMPLETE"),
    }


def _implied(spec: Spec, asked: frozenset[str]) -> dict[str, Scalar]:
    """Keyword values without which a requested HDU is not documented: ``INSTRUME == "MIRI"`` for REFOUT."""
    implied: dict[str, Scalar] = {}
    documented = [(r.extname, r.when) for r in spec.rows]
    for extname, when in (*documented, *((p.extname, p.when) for a in spec.amendments for p in a.patches)):
        if when is None or (extname or "").upper() not in asked:
            continue
        equal = _equalities(when.text)
        if not equal and when.names == {"EXP_TYPE"}:
            equal = {
                "EXP_TYPE": next((t for t in _exposures(spec) if when.holds(_Facts({"EXP_TYPE": t}, asked))), None)
            }
        implied.update(equal)
    instrument = implied.get("INSTRUME")
    if _PREFIXES.get(str(implied.get("EXP_TYPE"))[:3]) != instrument and isinstance(instrument, str):
        # The default of the instrument does for both.
        implied.pop("EXP_TYPE", None)
    return implied


def _exposures(spec: Spec) -> list[str]:
    """Types of exposure that a product is made from, where it states them; those of NIRCam first."""
    return spec.recognise.exp_types or sorted(spec.exposures.types, key=lambda t: t[:3] != "NRC")


def _equalities(text: str) -> dict[str, Scalar]:
    """Keyword values that a condition of the form ``A == 1 and B == "x"`` requires; other parts are ignored."""
    body = ast.parse(text.strip(), mode="eval").body
    parts = body.values if isinstance(body, ast.BoolOp) and isinstance(body.op, ast.And) else [body]
    asked: dict[str, Scalar] = {}
    for part in parts:
        match part:
            case ast.Compare(
                left=ast.Name(id=name),
                ops=[ast.Eq()],
                comparators=[ast.Constant(value=bool() | int() | float() | str() as value)],
            ):
                asked[name] = value
    return asked


def _rows(active: ActiveSpec, asked: frozenset[str]) -> tuple[Row, ...]:
    """Extensions to be written, in documented order, ASDF last."""
    rows = [r for r in active.rows if r.extname and (not r.optional or r.name in asked)]
    return tuple(sorted(rows, key=lambda r: r.name == "ASDF"))


def _values(
    active: ActiveSpec, rows: tuple[Row, ...], sizes: Mapping[str, int], facts: _Facts, own: Mapping[str, Scalar]
) -> dict[str, int]:
    """Values of all symbols that occur in the rows; one that is divided gets a value that divides."""
    unknown = sorted(set(sizes) - set(active.symbols))
    if unknown:
        raise SpecError(f"unknown symbol {unknown[0]!r}")
    divisors: dict[str, int] = {}
    for row in rows:
        parts = (*row.dims.axes, *(f for f in (row.dims.rows, row.dims.cols) if f is not None))
        for factor in parts:
            for name, (_, denominator) in factor.linear.terms.items():
                divisors[name] = lcm(divisors.get(name, 1), denominator)
    values = {}
    for name in active.symbols:
        if name in divisors:
            size = sizes.get(name) or _stated(active.symbols[name], facts, own)
            values[name] = size or -(-_SIZES.get(name, _SIZE) // divisors[name]) * divisors[name]
    return values


def _stated(symbol: Symbol, facts: _Facts, own: Mapping[str, Scalar]) -> int | None:
    """Value of a symbol that the requested keywords state."""
    for condition, value, _ in symbol.stated:
        if condition is None or condition.holds(facts):
            number = value.value(facts)
            whole = isinstance(number, int) and not isinstance(number, bool) and number > 0
            return number if whole and value.names & set(own) else None
    return None


def _state(
    symbol: Symbol, value: int, written: dict[str, Scalar], own: Mapping[str, Scalar], names: frozenset[str]
) -> None:
    """Write keywords with which the valid statement gives the value, and those that are always required."""
    facts = _Facts(written, names)
    for condition, expression, _ in symbol.stated:
        if condition is None or condition.holds(facts):
            if expression.value(facts) != value:
                written.update(_inverse(expression, value, written, own, names))
            break
    for keyword in symbol.keywords:
        if keyword in written:
            continue
        for _, expression, _ in symbol.stated:
            if expression.names == {keyword}:
                written.update(_inverse(expression, value, written, own, names))
                break


def _inverse(
    expression: Expression, value: int, written: Mapping[str, Scalar], own: Mapping[str, Scalar], names: frozenset[str]
) -> dict[str, Scalar]:
    """Keyword values that make an expression equal ``value``, with the requested ones unchanged; {} if there are none.

    The expression is assumed to be linear in the one keyword that is varied, and the answer is tested.
    """
    free = sorted(expression.names - set(own), key=expression.text.find)
    if not free:
        return {}
    trial: dict[str, Scalar] = {**dict.fromkeys(free, 1), **{n: v for n, v in written.items() if n in free[1:]}}

    def at(number: int) -> Scalar:
        result: Scalar = expression.value(_Facts({**written, **trial, free[0]: number}, names))
        return result

    zero, one = at(0), at(1)
    if not isinstance(zero, int | float) or not isinstance(one, int | float) or zero == one:
        return {}
    number = round((value - zero) / (one - zero))
    return {**trial, free[0]: number} if at(number) == value else {}


def _contain_segment(written: dict[str, Scalar], own: Mapping[str, Scalar]) -> None:
    """NINTS counts the whole exposure, so it is at least the last integration of a segment."""
    last, whole = written.get("INTEND"), written.get("NINTS")
    if isinstance(last, int) and isinstance(whole, int) and whole < last and "NINTS" not in own:
        written["NINTS"] = last
