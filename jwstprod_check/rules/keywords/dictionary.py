"""KEY: every keyword against the vocabulary."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

import msgspec

from jwstprod_check.findings import Severity
from jwstprod_check.fits.cards import Card, Kind, parse_image
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.reserved import KEYWORDS
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.keywords.counting import dimension_keywords
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.spec.dictionary import PLACEHOLDERS, KeywordDef
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

_NO_STATEMENT: Final = frozenset({Kind.UNDEFINED, Kind.MALFORMED, Kind.COMMENTARY})


class Scan(msgspec.Struct, frozen=True):
    """Positions of the cards of a header whose type is wrong, and of those whose value is not known."""

    mistyped: tuple[int, ...]
    unknown: tuple[int, ...]


def scan(words: Mapping[str, KeywordDef], key: str, header: Header) -> Scan:
    """Hold every card of a header against the vocabulary; ``key`` tells the words from others."""
    mistyped, unknown = [], []
    for index in header.unlike_model(key, partial(_is_strange, words)):
        name = header.names[index]
        word = words.get(name)
        if word is None or header.first[name] != index:
            continue
        fault = _fault(header.image(index), word)
        if fault == "mistyped":
            mistyped.append(index)
        elif fault == "unknown":
            unknown.append(index)
    return Scan(tuple(mistyped), tuple(unknown))


def _is_strange(words: Mapping[str, KeywordDef], name: str, image: bytes) -> bool:
    return name in words and bool(_fault(image, words[name]))


def _fault(image: bytes, word: KeywordDef) -> str:
    """What is wrong with a card: ``mistyped``, ``unknown``, or '' for one that is well."""
    if _looks_well(image, word):
        return ""
    _, kind, value, _ = parse_image(image)
    if kind in _NO_STATEMENT:
        return ""
    if kind not in _KINDS[word.type]:
        return "mistyped"
    known = not word.values or str(value) in word.values or value in PLACEHOLDERS
    return "" if known else "unknown"


def _looks_well(image: bytes, word: KeywordDef) -> bool:
    """Tell a card that is well from its bytes: in fixed format a string begins in byte 11, other values end in byte 30.

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
    """HDUs with a card that is not well, each with its words and its scan; equal headers are scanned once."""
    dictionary = context.catalogue.dictionary
    strange: list[tuple[Hdu, Mapping[str, KeywordDef], Scan]] = []
    for hdu in context.file.hdus:
        words = dictionary.words(hdu.index, hdu.name)
        if words:
            home = hdu.name if hdu.index else "PRIMARY"
            key = f"vocabulary {dictionary.serial} {home}"
            found = hdu.header.remember(key, partial(scan, words, key))
            if found.mistyped or found.unknown:
                strange.append((hdu, words, found))
    return strange


def _any_strange(context: Context) -> bool:
    return bool(context.remember(_strange))


@rule("KEY010", "keyword-type", gate=_any_strange)
def wrong_type(context: Context) -> Iterator[Outcome]:
    """The value of a keyword has the type that the data models give it.

    A number written as text (`'3'`), a logical written as text (`'T'`), or `MULTIPLE` in a keyword that counts is read in
    silence and compares unequal to every number; the pipeline's reader drops it. A float may stand without a decimal
    point. The counts of KEY002 and DATAMODL (PROD004) are left to those rules, and keywords whose type the FITS Standard
    fixes to the FITS family. One placeholder (`N/A`, `UNKNOWN`) in many keywords is one finding.

    How to fix: write the value in the type that is expected.
    Source: stdatamodels 6.0.0, core.schema.yaml; mirage issue 704; jwst issues 3043 and 1650.
    """
    spoken_for: frozenset[str] | None = None
    for hdu, words, found in context.remember(_strange):
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


@rule("KEY011", "unknown-value", Severity.WARNING, gate=_any_strange)
def unknown_value(context: Context) -> Iterator[Outcome]:
    """The value of an enumerated keyword is one that a release of the data models knows.

    Lists of values grow with every release, so an unknown one needs a look and is no error, unless the vocabulary calls the
    list complete. `N/A`, `NONE` and, after several exposures were combined, `MULTIPLE` stand for no value; a blank one
    is a value nobody filled in.

    Mend: write the known value that the hint names, or none if the value is new.
    Source: stdatamodels 6.0.0, core.schema.yaml; jwst issues 2811, 4511 and 7798.
    """
    for hdu, words, found in context.remember(_strange):
        for index in found.unknown:
            card = hdu.header.at(index)
            word = words[card.keyword]
            value = str(card.value)
            near = _nearest(value, word.values)
            yield Problem(
                f"{card.keyword} is blank" if not value else f"{card.keyword} has the unknown value {quoted(value)}",
                hdu=hdu,
                keyword=card.keyword,
                expected=listed(word.values),
                found=quoted(value),
                hint=f"the nearest known value is {near!r}" if near else None,
                offset=card.offset,
                severity=Severity.ERROR if word.closed else None,
                group_key=f"{card.keyword} {value}",
            )


def _nearest(value: str, values: tuple[str, ...]) -> str | None:
    from difflib import get_close_matches

    upper = {v.upper(): v for v in values}
    near = get_close_matches(value.strip().upper()[:80], list(upper), n=1, cutoff=0.6)
    return upper[near[0]] if near else None


RULES = (wrong_type, unknown_value)
