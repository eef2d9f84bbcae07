"""All header rules at once: what they find follows from the bytes of a header, so headers of the same bytes share it.

Of headers that have the same keywords, one is examined with a note of which cards each rule reads. A rule that found nothing in it
finds nothing in another that differs in other cards alone.
"""

from collections.abc import Hashable, Iterator, Mapping
from functools import partial, update_wrapper
from itertools import chain
from typing import Final

import msgspec

from jwstprod_check.fits.compared import ComparedHeader
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.memo import Values
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.fits import (
    cards,
    columns,
    compressed,
    headers,
    mandatory,
    originals,
    placement,
    reserved,
    tables,
    time,
    units,
)
from jwstprod_check.rules.fits.header_index import MAX_DEFECTIVE, HeaderIndex
from jwstprod_check.rules.fits.header_rule import HeaderRule, in_hdu
from jwstprod_check.rules.rule import Outcome, Rule, Skip

MAX_PROBLEMS: Final = 10_000
"""Problems of one rule in all headers of a file; more of them are not checked, and the report says so."""

_MODULES = (cards, headers, mandatory, placement, reserved, time, tables, columns, compressed, originals, units)

HEADER_RULES: tuple[HeaderRule, ...] = tuple(r for module in _MODULES for r in module.HEADER_RULES)


class Crash(msgspec.Struct, frozen=True):
    """A header rule that failed, kept until the engine asks for the rule's problems."""

    error: Exception


Found = Outcome | Crash


LEARN_FROM: Final = 2
"""The header of a form that is examined with a note of what each rule reads."""


def _triggered(triggers: frozenset[str]) -> tuple[HeaderRule, ...]:
    """Header rules that may find something in a header with these triggers."""
    return tuple(r for r in HEADER_RULES if not r.on or not triggers.isdisjoint(r.on))


_TRIGGERED: Final[Values[frozenset[str], tuple[HeaderRule, ...]]] = Values(_triggered, 256)


def examine(header: Header) -> tuple[tuple[str, Found], ...]:
    """Ask every header rule that may find something in a header; of each, a thousand problems are taken.

    What was not checked is a ``Skip`` of each rule that it concerns. A rule that crashes is remembered as a ``Crash``, for
    the engine to report under its code.
    """
    indexed = HeaderIndex(header)
    rules = _TRIGGERED[indexed.triggers]
    if indexed.cut or indexed.defective or not header.keyword_index.reference:
        found = [] if not indexed.cut else _unchecked()
        return tuple(chain(found, *[_found_by(rule, indexed) for rule in rules]))
    verdicts = header.keyword_index.memo(_verdicts, indexed.triggers, *indexed.form)
    verdicts.seen += 1
    if verdicts.seen == LEARN_FROM:
        return _learn(verdicts, rules, indexed)
    quiet = verdicts.quiet(header)
    return tuple(chain(*[_found_by(rule, indexed) for place, rule in enumerate(rules) if not quiet >> place & 1]))


def _unchecked() -> list[tuple[str, Found]]:
    """What each rule reports where not all cards of a header were looked at."""
    rest = Skip("the rest of the header was not checked", (headers.not_checked.code,))
    return [(rule.code, rest) for rule in HEADER_RULES if rule is not headers.not_checked]


def _found_by(rule: HeaderRule, indexed: HeaderIndex) -> list[tuple[str, Found]]:
    """What a rule finds in a header."""
    code = rule.code
    found: list[tuple[str, Found]] = []
    try:
        for count, outcome in enumerate(rule.check(indexed)):
            if count == MAX_DEFECTIVE:
                found.append((code, Skip(f"it stopped after {MAX_DEFECTIVE} problems")))
                break
            found.append((code, outcome))
    except Exception as error:
        found.append((code, Crash(error.with_traceback(None))))
    return found


class _Verdicts:
    """The rules that found nothing in one of the headers of a form, as bits, and the cards that each of them read.

    ``seen`` counts the headers of the form: those of the same keywords, none of whose cards is defective, with the same
    triggers.
    """

    __slots__ = ("_compared", "_quiet", "seen")

    def __init__(self) -> None:
        self.seen = 0
        self._quiet = 0
        self._compared: ComparedHeader | None = None

    def learn(self, header: Header, reads: Mapping[int, int]) -> None:
        """Take a header as the one that others are compared with; ``reads`` has the cards that each quiet rule read."""
        self._compared = ComparedHeader(header.content)
        for place, read in reads.items():
            self._quiet |= 1 << place
            self._compared.note(read, 1 << place)

    def quiet(self, header: Header) -> int:
        """Rules that find nothing in another header."""
        if self._compared is None:
            return 0
        return self._quiet & ~self._compared.touched(header.content)


def _verdicts(_index: KeywordIndex, *_form: Hashable) -> _Verdicts:
    return _Verdicts()


def _learn(verdicts: _Verdicts, rules: tuple[HeaderRule, ...], indexed: HeaderIndex) -> tuple[tuple[str, Found], ...]:
    """Ask the rules with a note of what each reads, and remember those that find nothing."""
    from jwstprod_check.fits.observed import ObservedHeader, Observer

    observer = Observer()
    observed = indexed.with_header(ObservedHeader(indexed.header, 0, observer))
    found: list[tuple[str, Found]] = []
    quiet: dict[int, int] = {}
    for place, rule in enumerate(rules):
        outcomes, reads = observer.during(_found_by, rule, observed)
        found += outcomes
        if not outcomes and not reads.beyond:
            quiet[place] = reads.cards.get(0, 0)
    verdicts.learn(indexed.header, quiet)
    return tuple(found)


def examine_headers(context: Context) -> dict[str, list[tuple[Hdu, Found]]]:
    """Problems of all headers of a file by the code of the rule that found them; of each, ten thousand are taken."""
    found: dict[str, list[tuple[Hdu, Found]]] = {}
    for hdu in context.file.hdus:
        for code, outcome in hdu.header.memo_by_bytes(examine):
            problems = found.setdefault(code, [])
            if len(problems) < MAX_PROBLEMS:
                problems.append((hdu, outcome))
            elif len(problems) == MAX_PROBLEMS:
                problems.append((hdu, Skip(f"it stopped after {MAX_PROBLEMS} problems")))
    return found


def _report(code: str, context: Context) -> Iterator[Outcome]:
    for hdu, outcome in context.by_file(examine_headers).get(code, ()):
        if isinstance(outcome, Crash):
            raise outcome.error
        if isinstance(outcome, Skip):
            yield msgspec.structs.replace(outcome, reason=f"{hdu.label}: {outcome.reason}", hdu=hdu)
        elif hdu.index not in context.excluded:
            yield in_hdu(outcome, hdu)


def as_rule(r: HeaderRule) -> Rule:
    """Make a rule of the program of a header rule: it reports what the examination of all headers found under its code."""
    check = partial(_report, r.code)
    update_wrapper(check, r.check)
    return Rule(
        r.code,
        r.name,
        r.severity,
        check,
        scope="walk",
        requires=r.requires,
        gives_way_to=r.gives_way_to,
        examined_by=examine_headers,
    )
