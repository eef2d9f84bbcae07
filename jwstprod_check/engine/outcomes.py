"""What the rules found in one file, and what they could not check.

A finding keeps the rules that require its rule, or give way to it, from looking at the same HDU, or at all if it concerns the
whole file: a ``Skipped`` names the finding where it is reported, a ``NotChecked`` what it leaves unchecked.
"""

from itertools import chain
from typing import Final

import msgspec

from jwstprod_check.engine.plan import WIDTH, Plan
from jwstprod_check.findings import MAX_PLACES, Finding, NotChecked, Severity, Skipped
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.rules import find_rule
from jwstprod_check.rules.rule import Problem, Rule, Skip
from jwstprod_check.text import error_text, printable

MAX_NOT_CHECKED: Final = 1000


class Outcomes:
    """The findings of one file so far, by the rules of a plan.

    ``hits`` has the HDUs that each rule found something in (None: the file), with the rank of the finding; ``unreported`` the first
    message of each rule whose findings do not count; ``restricted`` the rules that were kept from an HDU; ``failed`` that an
    error is among the findings; ``cards`` the keywords, each with its HDU, that findings which count are about.
    """

    def __init__(self, file: FitsFile, plan: Plan, cards: set[tuple[int, str]]) -> None:
        self.file = file
        self.plan = plan
        self.cards = cards
        self.findings: list[Finding] = []
        self.skipped: list[Skipped] = []
        self.not_checked: list[NotChecked] = []
        self.hits: dict[str, dict[int | None, int]] = {}
        self.unreported: dict[str, str] = {}
        self.restricted: set[str] = set()
        self.failed = False

    def counts(self) -> tuple[int, int, int]:
        """How many findings, skipped rules and gaps there are."""
        return len(self.findings), len(self.skipped), len(self.not_checked)

    def note(self, rule: Rule, problem: Problem) -> None:
        """Note that a rule found something."""
        places = self.hits.setdefault(rule.code, {})
        hdu = problem.hdu.index if problem.hdu is not None else None
        places[hdu] = max(places.get(hdu, -1), self.severity(rule, problem).rank)
        if rule.code not in self.plan.covering:
            self.unreported.setdefault(rule.code, printable(problem.message))

    def add(self, rule: Rule, problem: Problem, folded: dict[str, int]) -> None:
        """Add the finding of a problem; one with a key that ``folded`` has is added to the finding of that key."""
        hdu = problem.hdu
        key = problem.group_key
        severity = self.severity(rule, problem)
        counts = severity is not Severity.INFO and rule.code in self.plan.covering
        if hdu is not None and problem.keyword is not None and counts:
            self.cards.add((hdu.index, problem.keyword))
        if key is not None and key in folded:
            at = folded[key]
            self.findings[at] = _fold(
                self.findings[at], printable(hdu.label) if hdu is not None else "", problem.keyword
            )
            return
        if key is not None:
            folded[key] = len(self.findings)
        self.failed = self.failed or (severity is Severity.ERROR and rule.code in self.plan.covering)
        named = hdu is not None and problem.extname is None
        self.findings.append(
            Finding(
                code=rule.code,
                name=rule.name,
                severity=severity,
                message=printable(problem.message),
                hdu=hdu.index if hdu is not None else None,
                extname=_clean(hdu.name or None) if named and hdu is not None else problem.extname,
                extver=problem.extver if problem.extname else (hdu.extver if hdu is not None and hdu.index else None),
                keyword=_clean(problem.keyword),
                column=_clean(problem.column),
                expected=_clean(problem.expected),
                found=_clean(problem.found),
                hint=_clean(problem.hint),
                offset=problem.offset,
                places=(printable(hdu.label),) if key is not None and hdu is not None else (),
            )
        )

    def blocked(self, rule: Rule) -> set[int | None]:
        """HDUs (None: the file) at which a rule is not applied, because of what another found there.

        A finding that is reported and no weaker than the rule's own covers it: the rule is skipped. Any other leaves
        something unchecked, if the rule cannot be checked without it; else the rule is applied.
        """
        blocked: set[int | None] = set()
        own = self.plan.severity(rule).rank
        for first in (*rule.requires, *rule.gives_way_to):
            for hdu, rank in self.hits.get(first, {}).items():
                covered = first in self.plan.covering and rank >= own
                if hdu in blocked or not (covered or first in rule.requires):
                    continue
                blocked.add(hdu)
                place = "" if hdu is None else f"{self.label(hdu)}: "
                if covered:
                    self.skip(rule, f"{place}a finding of {first} comes first")
                else:
                    why = self.unlisted(first) if first not in self.plan.covering else "a warning alone"
                    self.miss(rule, f"{place}{first} found something there, which is {why}", hdu)
        return blocked

    def unlisted(self, code: str) -> str:
        """Why a finding does not count."""
        return "ignored" if code in self.plan.reported else "not reported"

    def severity(self, rule: Rule, problem: Problem) -> Severity:
        """Severity of a finding: what the user chose for the rule counts first."""
        return self.plan.severities.get(rule.code) or problem.severity or rule.severity

    def label(self, hdu: int) -> str:
        """How a message names an HDU; a header that could not be read to its end has a number but is no HDU."""
        return self.file.hdus[hdu].label if hdu < len(self.file.hdus) else "the rest of the file"

    def leave(self, rule: Rule, skip: Skip) -> None:
        """Note that a part of a rule could not be checked, unless the cause is reported, and is no weaker than the rule."""
        hdu = skip.hdu.index if skip.hdu is not None else None
        causes = (code for code in self.hits if code in self.plan.covering and code.startswith(skip.because))
        found = (self.hits[code].items() for code in causes)
        if skip.because and any(
            rank >= self.plan.severity(rule).rank and (hdu is None or at in {None, hdu})
            for places in found
            for at, rank in places
        ):
            self.skip(rule, skip.reason)
        else:
            self.miss(rule, skip.reason, hdu)

    def miss(self, rule: Rule, reason: str, hdu: int | None = None) -> None:
        """Note that something that was asked for could not be checked."""
        if rule.code in self.plan.reported and len(self.not_checked) < MAX_NOT_CHECKED:
            name = self.file.hdus[hdu].name if hdu is not None and hdu < len(self.file.hdus) else None
            self.not_checked.append(NotChecked(rule.code, printable(reason), hdu, _clean(name or None)))

    def skip(self, rule: Rule, reason: str) -> None:
        """Note that a rule was not applied, for a reason that leaves nothing unchecked."""
        if rule.code in self.plan.reported:
            self.skipped.append(Skipped(rule.code, printable(reason)))

    def crashed(self, rule: Rule, error: Exception) -> None:
        """Note that a rule crashed, and that what it should check was not checked."""
        text = self.crash(f"{rule.code} {rule.name}", error)
        self.not_checked.append(NotChecked(rule.code, f"it crashed: {text}"))

    def crash(self, what: str, error: Exception) -> str:
        """Add the finding that something of the program crashed; return its error as text."""
        tool = find_rule("TOOL001")
        if tool is None:
            raise LookupError("TOOL001") from error
        text = crash_text(error)
        self.failed = True
        self.findings.append(
            Finding(
                tool.code,
                tool.name,
                Severity.ERROR,
                f"{what} crashed ({text}); what it should check was not checked",
                found=text,
                hint=crash_hint(error),
            )
        )
        return text

    def miss_facts(self, uncovered: str | None, changed: str) -> None:
        """Note what follows from a broken fact that nothing reports: what depends on it was not checked.

        ``uncovered`` is a product that is known and has no table, ``changed`` how the file changed while it was read.
        """
        widest = self.plan.widest
        facts = (
            [rule for rule in self.plan.rules if rule.code in self.unreported and rule.fact] if self.unreported else []
        )
        for fact in facts:
            # What cannot be read was not checked by any rule; a product concerns the rules that need it.
            if widest >= WIDTH["file"] and (fact.family == "FILE" or widest == WIDTH["spec"]):
                reason = f"what rests on it was not checked: {self.unreported[fact.code]}"
                self.not_checked.append(NotChecked(fact.code, reason))
        causes = (c for c in self.hits if c in self.plan.covering)
        named = bool(self.unreported) or any(
            code.startswith("FILE") for code in chain(causes, (n.code for n in self.not_checked))
        )
        none_to_follow = uncovered is not None and not self.file.hdus
        if not self.file.complete and widest > WIDTH["file"] and not (named or none_to_follow):
            self.not_checked.append(NotChecked("FILE005", "the file could not be followed to its end"))
        # Of a file without HDUs, as an ECSV table is, nothing at all was checked.
        if uncovered is not None and (widest == WIDTH["spec"] or not self.file.hdus):
            reason = f"known product, not covered: there is no table of {uncovered} to check the file against"
            self.not_checked.append(NotChecked("PROD009", reason))
        if changed:
            self.not_checked.append(NotChecked("TOOL002", f"the file changed while it was read: {printable(changed)}"))


def _clean(text: str | None) -> str | None:
    return None if text is None else printable(text)


def _fold(finding: Finding, place: str, keyword: str | None) -> Finding:
    if keyword and _clean(keyword) != finding.keyword:
        place = f"{place} {_clean(keyword)}"
    places = finding.places if len(finding.places) >= MAX_PLACES else (*finding.places, place)
    return msgspec.structs.replace(finding, count=finding.count + 1, places=places)


def crash_text(error: Exception) -> str:
    """What crashed a rule, safe to print and not too long for a message."""
    return printable(error_text(error))[:200]


def crash_hint(error: Exception) -> str:
    """What to do about a crash."""
    if isinstance(error, MemoryError):
        return "give the program more memory, or fewer workers (--jobs)"
    return "this is a fault of jwstprod; please report it with the file"
