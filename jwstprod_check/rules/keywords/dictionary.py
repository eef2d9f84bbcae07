"""KEY: every keyword compared with the keyword dictionary."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from jwstprod_check.findings import Severity
from jwstprod_check.fits.cards import PARSED, Card, Kind
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.reserved import KEYWORDS
from jwstprod_check.memo import by_value
from jwstprod_check.near import nearest
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.keywords.counting import dimension_keywords
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.spec.dictionary import PLACEHOLDERS, KeywordDef, KeywordDictionary
from jwstprod_check.text import listed, quoted

_KINDS: Final[Mapping[str, frozenset[Kind]]] = {
    "string": frozenset({Kind.STRING}),
    "integer": frozenset({Kind.INTEGER}),
    "float": frozenset({Kind.FLOAT, Kind.INTEGER}),
    "logical": frozenset({Kind.LOGICAL}),
}
_NAMED: Final = {
    "string": "a string",
    "integer": "an integer",
    "float": "a number",
    "logical": "a logical (T or F)",
}
_PLACEHOLDERS: Final = frozenset({*PLACEHOLDERS, "", "ANY", "NAN", "NULL", "TBD", "UNDEFINED", "UNKNOWN"})
"""Text that stands for no value; one writer puts the same one into many keywords."""

_NEAR: Final = 0.75
"""Similarity from which a known value is offered for an unknown one."""

_FEW: Final = 3
"""Keywords that may know a value, beyond which it hints at none of them."""

_NO_STATEMENT: Final = frozenset({Kind.UNDEFINED, Kind.MALFORMED, Kind.COMMENTARY})


class Scan(msgspec.Struct, frozen=True):
    """Positions of the cards of a header with a wrong type, and of those with an unknown value."""

    mistyped: tuple[int, ...]
    unknown: tuple[int, ...]


_NOTHING: Final = Scan((), ())


def scan(header: Header, dictionary: KeywordDictionary, home: str) -> Scan:
    """Check every card of a header against the dictionary; ``home`` is the name of its HDU."""
    words = dictionary.homes[home]
    mistyped, unknown = [], []
    for index in header.cards_to_check(_is_suspect, dictionary, home):
        name = header.names[index]
        word = words.get(name)
        if word is None or header.first[name] != index:
            continue
        fault = _fault(header.image(index), word)
        if fault == "mistyped":
            mistyped.append(index)
        elif fault == "unknown":
            unknown.append(index)
    return Scan(tuple(mistyped), tuple(unknown)) if mistyped or unknown else _NOTHING


def _is_suspect(name: str, image: bytes, dictionary: KeywordDictionary, home: str) -> bool:
    word = dictionary.homes[home].get(name)
    return word is not None and bool(_fault(image, word))


def _fault(image: bytes, word: KeywordDef) -> str:
    """What is wrong with a card: ``mistyped``, ``unknown``, or '' for a valid one."""
    if _looks_well(image, word):
        return ""
    _, kind, value, _, _ = PARSED[image]
    if kind in _NO_STATEMENT:
        return ""
    if kind not in _KINDS[word.type]:
        return "mistyped"
    known = not word.values or str(value) in word.values or value in PLACEHOLDERS
    return "" if known else "unknown"


def _looks_well(image: bytes, word: KeywordDef) -> bool:
    """Recognise a valid card by its bytes: in fixed format a string begins in byte 11, other values end in byte 30.

    FITS Standard 4.0, section 4.2. A card that is not recognised must be parsed.
    """
    if word.values or image[8:10] != b"= ":
        return False
    field = image[10:30]
    if word.type == "string":
        return field[:1] == b"'"
    if word.type == "logical":
        return field.lstrip(b" ") in (b"T", b"F")
    if word.type == "integer":
        return field.lstrip(b" ").isdigit()
    return field[19:].isdigit() and b"'" not in field


def _strange(context: Context) -> list[tuple[Hdu, Mapping[str, KeywordDef], Scan]]:
    """HDUs with an invalid card, each with its words and its scan; equal headers are scanned once."""
    dictionary = context.catalogue.dictionary
    homes = dictionary.homes
    strange: list[tuple[Hdu, Mapping[str, KeywordDef], Scan]] = []
    for hdu in context.file.hdus:
        home = hdu.name if hdu.index else "PRIMARY"
        if home in homes:
            found = hdu.header.memo_by_bytes(scan, dictionary, home)
            if found.mistyped or found.unknown:
                strange.append((hdu, homes[home], found))
    return strange


@rule("KEY010", "keyword-type")
def wrong_type(context: Context) -> Iterator[Outcome]:
    """The value of a keyword has the type that the data models define.

    A number written as text (`'3'`), a logical written as text (`'T'`), or `MULTIPLE` in a keyword that counts is
    silently read and never equals a number; the pipeline's reader drops it. A float may be written without a decimal
    point. Other rules check the counts (KEY002), DATAMODL (PROD004) and keywords whose type the FITS Standard defines
    (FITS). One placeholder (`N/A`, `UNKNOWN`) in many keywords is one finding.

    How to fix: write the value in the expected type.
    Source: stdatamodels 6.0.0, core.schema.yaml; mirage issue 704; jwst issues 3043 and 1650.
    """
    spoken_for: frozenset[str] | None = None
    for hdu, words, found in context.by_file(_strange):
        for index in found.mistyped:
            card = hdu.header.at(index)
            word = words[card.keyword]
            if spoken_for is None:
                models = ("DATAMODL",) if context.spec.spec.recognise.models else ()
                spoken_for = frozenset((*dimension_keywords(context), *models))
            reserved = KEYWORDS[card.keyword]
            if (reserved and reserved.types) or (card.keyword in spoken_for and (hdu.index == 0 or hdu.name == "SCI")):
                continue
            yield Problem(
                f"{card.keyword} is {shown(card)}, expected {_NAMED[word.type]}",
                hdu=hdu,
                keyword=card.keyword,
                expected=_NAMED[word.type],
                found=f"{quoted(str(card.value))} ({card.kind})",
                offset=card.offset,
                group_key=_placeholder(card) or f"{card.keyword} {card.kind}",
            )


def _placeholder(card: Card) -> str:
    """Return the placeholder that a writer put into a keyword of another type, '' for any other value."""
    value = card.value.strip().upper() if isinstance(card.value, str) else None
    return f"placeholder {value}" if value in _PLACEHOLDERS else ""


def shown(card: Card) -> str:
    """How a message names the value of a card."""
    if isinstance(card.value, bool):
        return "the logical " + ("T" if card.value else "F")
    return f"the {card.kind} {quoted(str(card.value))}"


@rule("KEY011", "unknown-value", Severity.WARNING)
def unknown_value(context: Context) -> Iterator[Outcome]:
    """The value of an enumerated keyword is known to some release of the data models.

    Lists of values grow with every release, so an unknown value needs a review; it is an error only where the keyword
    dictionary marks the list as complete. `N/A`, `NONE` and, in combined products, `MULTIPLE` mean that there is no
    single value; a blank value was never filled in. The hint names the keyword to which the value belongs, if there is one,
    else the most similar known value.

    How to fix: write the known value that the hint suggests; nothing if the value is new.
    Source: stdatamodels 6.0.0, core.schema.yaml; jwst issues 2811, 4511 and 7798.
    """
    for hdu, words, found in context.by_file(_strange):
        for index in found.unknown:
            card = hdu.header.at(index)
            word = words[card.keyword]
            value = str(card.value)
            near = _meant(value, card.keyword, word.values, context.catalogue.dictionary)
            yield Problem(
                f"{card.keyword} is blank" if not value else f"{card.keyword} has the unknown value {quoted(value)}",
                hdu=hdu,
                keyword=card.keyword,
                expected=listed(word.values),
                found=quoted(value),
                hint=near,
                offset=card.offset,
                severity=Severity.ERROR if word.closed else None,
                group_key=f"{card.keyword} {value}",
            )


def _meant(value: str, keyword: str, values: tuple[str, ...], dictionary: KeywordDictionary) -> str | None:
    """Hint for an unknown value: the other keywords that know it, else the most similar value if one is near."""
    others = [name for name in dictionary.owners.get(value, ()) if name != keyword]
    if 0 < len(others) <= _FEW:
        return f"{quoted(value)} is a value of {listed(others)}"
    near = _nearest(value, values)
    return f"the most similar known value is {near!r}" if near else None


@by_value(1024)
def _nearest(value: str, values: tuple[str, ...]) -> str | None:
    upper = {v.upper(): v for v in values}
    near = nearest(value.strip().upper()[:80], upper, cutoff=_NEAR)
    return upper[near] if near else None


RULES = (wrong_type, unknown_value)
