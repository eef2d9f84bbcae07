"""The keywords that state dimensions: which a product has, in which HDU they are, whether they are numbers."""

from jwstprod_check.fits.cards import Card, Kind
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.match.dimensions import used_symbols
from jwstprod_check.memo import by_value
from jwstprod_check.rules.context import Context
from jwstprod_check.spec.model import ActiveSpec, Symbol


def in_lower_case(header: Header, keyword: str) -> bool:
    """Whether a keyword appears in letters that the standard forbids, which is another finding (FITS002)."""
    return keyword not in header.first and keyword in header.keyword_index.memo(_from_lower_case)


def _from_lower_case(keyword_index: KeywordIndex) -> frozenset[str]:
    """Keywords that are written with small letters, in capitals."""
    return frozenset(n.upper() for n in keyword_index.first if n != n.upper())


def counting_symbols(context: Context) -> tuple[Symbol, ...]:
    """Symbols that occur in rows which are required or present."""
    return used_symbols(context.spec, context.matching.present)


Home = tuple[Hdu, Card] | None


def find_keyword(context: Context, keyword: str) -> Home:
    """HDU and card of a keyword: the primary's, else the first SCI's."""
    return context.by_file(_look_up, keyword)


def _look_up(context: Context, keyword: str) -> Home:
    for hdu in (*context.file.hdus[:1], *context.file.named("SCI")[:1]):
        card = hdu.header.card(keyword)
        if card is not None:
            return hdu, card
    return None


def dimension_keywords(context: Context) -> tuple[str, ...]:
    """Keywords that state the dimensions of the product, INTSTART and INTEND included."""
    return _counts_of(context.spec, context.matching.present)


def dimensions(context: Context) -> dict[str, Home]:
    """Each of them with its HDU and card."""
    return context.by_file(_dimensions)


def _dimensions(context: Context) -> dict[str, Home]:
    return {keyword: find_keyword(context, keyword) for keyword in dimension_keywords(context)}


@by_value(256)
def _counts_of(spec: ActiveSpec, present: tuple[bool, ...]) -> tuple[str, ...]:
    used = used_symbols(spec, present)
    names = [k for symbol in used for k in symbol.keywords]
    stated = [n for symbol in used for _, value, _ in symbol.stated for n in sorted(value.names)]
    return tuple(dict.fromkeys([*names, *stated]))


@by_value(256)
def needed_counts(spec: ActiveSpec, present: tuple[bool, ...]) -> frozenset[str]:
    """Those of them that are required or recommended."""
    used = used_symbols(spec, present)
    return frozenset(k for symbol in used if symbol.presence != "optional" for k in symbol.keywords)


def is_faulty(card: Card) -> bool:
    """Whether the card of a dimension does not contain an integer of 1 or more; that is a finding of its own."""
    return not isinstance(card.value, int) or card.kind is not Kind.INTEGER or card.value < 1


def unsound_counts(context: Context) -> frozenset[str]:
    """Keywords of dimensions that do not contain an integer of 1 or more."""
    return frozenset([k for k, home in dimensions(context).items() if home is not None and is_faulty(home[1])])


def integrations(context: Context) -> tuple[int, int] | None:
    """First and last integration of the file as the keywords state them; None where they state none."""
    first, last, count = (context.facts.keyword(k) for k in ("INTSTART", "INTEND", "NINTS"))
    if type(first) is int and type(last) is int:
        return (first, last) if 1 <= first <= last else None
    return (1, count) if first is None and last is None and type(count) is int and count > 0 else None


def is_striped(context: Context) -> bool:
    """Whether every integration of the exposure is a set of stripes, each with a number of its own."""
    return (context.facts.keyword("SSTR_NST") or 0) != 0


def is_of_association(context: Context) -> bool:
    """Whether the name states that the file was made from an association of exposures."""
    name = context.product.file_name
    return name is not None and name.of_association
