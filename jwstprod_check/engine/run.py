"""One file through all rules -> ``FileReport``.

Rules run in the order of the plan. A finding keeps the rules that require its rule, or give way to it, from looking at the
same HDU, or at all if it concerns the whole file: a ``Skipped`` names the finding where it is reported, a ``NotChecked``
what it leaves unchecked. A rule that crashes becomes a TOOL001 finding, and the next one runs.
"""

import os
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final

import msgspec

from jwstprod_check.config import Options
from jwstprod_check.engine.identity import identity_of
from jwstprod_check.engine.observe import ObservedContext
from jwstprod_check.engine.plan import WIDTH, listed, plan, rules_for
from jwstprod_check.engine.rows import summarise_hdus, summarise_rows
from jwstprod_check.engine.structure import Structure, structure_of
from jwstprod_check.findings import MAX_PLACES, FileReport, Finding, NotChecked, Severity, Skipped
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.observed import Observer, Reads
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.product import Product, identify
from jwstprod_check.rules import find_rule
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, Rule, Skip
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.storage.urls import in_web_or_bucket
from jwstprod_check.text import printable

if TYPE_CHECKING:
    from jwstprod_check.scan.facts import Scan
    from jwstprod_check.scan.records import Tables


def run_rules(
    file: FitsFile,
    product: Product,
    catalogue: Catalogue,
    options: Options,
    scan: "Scan | Exception | None" = None,
    facts: FileFacts | None = None,
    tables: "Tables | None" = None,
) -> FileReport:
    """Run every rule on a file whose headers have been read and whose product has been identified.

    ``scan`` is what the data pass found, or what made it crash; without it no rule on data runs, and each says so.
    ``facts`` are the keywords of the file, where they have been looked up before; ``tables`` are small tables that were read
    without the data pass.
    """
    seen = None if isinstance(scan, Exception) else scan
    run = _Run(file, product, catalogue, options, seen, facts or FileFacts(file), tables)
    if isinstance(scan, Exception):
        run.crash("the data pass", scan)
    run.run()
    return run.report()


MAX_NOT_CHECKED: Final = 1000

NAMES: Final = ("PROD011", "PROD012")
"""Rules of a profile that look at nothing but the name of a file."""

PACKED: Final = ".fits."
"""In a name: a FITS file in a packing."""


def check_name(path: str, catalogue: Catalogue, options: Options, place: str | None = None) -> FileReport:
    """Apply the rules on the name of a file that is no FITS file by its name; nothing of it is read but its size.

    A FITS file in a packing that cannot be read (``.fits.bz2``) is unverified. ``place`` is where the file is, if not at its path.
    """
    # Of a remote file nothing is read: it was listed.
    size = 0 if in_web_or_bucket(path) else os.stat(place or path).st_size
    file = FitsFile(path, size, size, False, (), (), True, {})
    product = identify(file, catalogue, None, os.path.basename(path))
    run = _Run(file, Product(None, (), product.file_name), catalogue, options, None, FileFacts(file), None)
    run.check_name()
    return run.report()


LEARN_FROM: Final = 2
"""The file of a structure that is judged with a note of what each rule reads, which takes some twice as long."""

MAX_PROBLEMS: Final = 2000
"""Problems of one rule after which it is not asked for more, if the file does not conform anyhow."""


class _Run:
    """The state of one run: findings so far and the HDUs that they concern.

    ``unrestricted`` means that no rule is kept from the file as a whole: its product is known, its data were read if asked
    for; ``restricted`` are the rules that were kept from an HDU; ``failed`` that an error is among the findings;
    ``unasked`` is why nothing of the file is judged;
    ``waiting`` are the rules that are still to be applied, as bits, ``dependent`` those that require or give way to
    one that found something.
    """

    def __init__(
        self,
        file: FitsFile,
        product: Product,
        catalogue: Catalogue,
        options: Options,
        scan: "Scan | None",
        facts: FileFacts,
        tables: "Tables | None",
    ) -> None:
        profile = catalogue.profile(options.profile) if options.profile is not None else None
        if profile is not None and profile.owns(product.file_name.base if product.file_name else ""):
            product = product if product.forced else Product(None, (), product.file_name)
        self.file = file
        self.product = product
        self.options = options
        self.plan = plan(options)
        self.findings: list[Finding] = []
        self.skipped: list[Skipped] = []
        self.hits: dict[str, dict[int | None, int]] = {}
        self.unreported: dict[str, str] = {}
        self.not_checked: list[NotChecked] = []
        self.dependent = 0
        self.restricted: set[str] = set()
        self.ran = 0
        self.failed = False
        self.unasked = ""
        spec = None
        if product.name is not None and file.hdus:
            model = product.model
            assumed = facts if model is None else facts.assuming(DATAMODL=model)
            spec = catalogue.amended(product.name, assumed, options.strict)
        context = Context(file, product, spec, catalogue, options.strict, profile, scan, facts, tables)
        usual = context.known and context.uncovered is None and profile is None
        self.unrestricted = usual and (scan is not None or not options.data)
        self.structure = (
            structure_of(file, product, spec, catalogue, options) if spec is not None and self.unrestricted else None
        )
        self.context = context
        traits = spec.spec.traits if spec is not None else None
        self.applicable, self.inapplicable = rules_for(self.plan, traits)
        self.waiting = self.applicable

    def run(self) -> None:
        """Apply every rule of the plan that may find something, in order."""
        structure = self.structure
        if structure is None:
            self.apply_waiting()
            return
        structure.seen += 1
        if structure.seen < LEARN_FROM:
            self.apply_waiting()
        elif structure.seen == LEARN_FROM:
            self.learn(structure)
        else:
            touched = structure.touched(tuple([hdu.header for hdu in self.file.hdus]))
            self.waiting &= ~structure.quiet | touched
            self.context.recall(structure.values(touched))
            self.apply_waiting()

    def examine(self) -> None:
        """Leave aside the rules whose problems an examination finds, where it found none."""
        for examination, rules, by_code in self.plan.examined:
            if self.file.hdus:
                found = sum([by_code[code] for code in examination(self.context) if code in by_code])
                self.waiting &= ~rules | found

    def apply_waiting(self) -> None:
        """Apply the waiting rules."""
        self.examine()
        self.ran += len(self.plan.rules)
        rest = self.waiting
        while rest:
            rest = self.apply_each(rest)

    def apply_each(self, waiting: int) -> int:
        """Apply rules in order until one makes others wait; return those that are still to be applied."""
        context = self.context
        before = self.waiting
        for bit, rule, ask in listed(self.plan, waiting):
            if not self.unrestricted or self.dependent & bit:
                self.apply(rule)
            else:
                try:
                    outcomes = ask(context)
                    first = next(outcomes, None)
                except Exception as error:
                    self.crashed(rule, error)
                    continue
                if first is not None:
                    self.take(rule, chain((first,), outcomes))
            if self.waiting != before:
                return self.waiting & -(bit << 1)
        return 0

    def learn(self, structure: Structure) -> None:
        """Apply the waiting rules with a note of what each reads, and remember those that find nothing."""
        self.examine()
        self.ran += len(self.plan.rules)
        observer = Observer()
        context = self.context = ObservedContext(self.context, observer)
        quiet: dict[int, Reads] = {}
        for place, rule in enumerate(self.plan.rules):
            if not self.waiting >> place & 1:
                continue
            before = len(self.findings), len(self.skipped), len(self.not_checked)
            _, reads = observer.during(self.apply, rule)
            after = len(self.findings), len(self.skipped), len(self.not_checked)
            # What an examination of the file finds is asked of every file; what was kept from an HDU did not look at it.
            same = before == after and rule.code not in self.hits and rule.code not in self.restricted
            if same and rule.examined_by is None:
                quiet[place] = reads
        structure.learn(self.file, quiet, context.structural, len(self.plan.rules))

    def check_name(self) -> None:
        """Apply the rules that look at nothing but the name, whatever a file without HDUs is kept from.

        A file of which none of them was asked for is left out: there is nothing of it to judge.
        """
        self.unrestricted = True
        for rule in self.plan.rules:
            if rule.code in NAMES:
                self.ran += 1
                self.apply(rule)
        if PACKED in os.path.basename(self.file.path).lower():
            self.not_checked.append(NotChecked("FILE001", "this packing cannot be read: only the name was checked"))
        elif not self.ran:
            self.unasked = "only its name can be checked, and no rule on names was asked for"

    def skip_reason(self, rule: Rule) -> str:
        """Return why a rule cannot run on this file at all, '' for one that can."""
        context = self.context
        if rule.scope != "file" and not self.file.hdus:
            return "the file has no readable HDU"
        if context.profile is not None and rule.code in context.profile.waives:
            return f"the profile {context.profile.profile} does not ask for it"
        if rule.scope == "spec" and not context.known:
            return "the product is not known"
        if rule.scope == "spec" and context.uncovered is not None:
            return "the product is known and not covered"
        if rule.level == "data" and context.scan is None:
            return "the data were not read"
        return ""

    def apply(self, rule: Rule) -> None:
        if not self.unrestricted and (reason := self.skip_reason(rule)):
            self.skip(rule, reason)
            self.ran -= 1
            return
        context = self.context
        if self.hits:
            blocked = self.blocked(rule)
            if None in blocked:
                self.ran -= 1
                self.restricted.add(rule.code)
                return
            context = context.excluding(frozenset(i for i in blocked if i is not None))
            if blocked:
                self.restricted.add(rule.code)
        self.check(rule, context)

    def check(self, rule: Rule, context: Context) -> None:
        """Take what a rule finds in a file, but for the HDUs that the context excludes."""
        try:
            outcomes = rule.check(context)
        except Exception as error:
            self.crashed(rule, error)
        else:
            self.take(rule, outcomes)

    def take(self, rule: Rule, outcomes: Iterator[Outcome]) -> None:
        """Take what a rule finds."""
        folded: dict[str, int] = {}
        count = 0
        try:
            for outcome in outcomes:
                if isinstance(outcome, Skip):
                    self.leave(rule, outcome)
                    continue
                if count >= MAX_PROBLEMS and self.failed:
                    self.leave(rule, Skip(f"it stopped after {count} problems"))
                    break
                count += 1
                self.hit(rule, outcome)
                if rule.code in self.plan.reported:
                    self.add(rule, outcome, folded)
        except Exception as error:
            self.crashed(rule, error)

    def crashed(self, rule: Rule, error: Exception) -> None:
        """Note that a rule crashed, and that what it should check was not checked."""
        text = self.crash(f"{rule.code} {rule.name}", error)
        self.not_checked.append(NotChecked(rule.code, f"it crashed: {text}"))

    def hit(self, rule: Rule, problem: Problem) -> None:
        """Note that a rule found something, so that those that require it or give way to it are applied."""
        places = self.hits.setdefault(rule.code, {})
        hdu = problem.hdu.index if problem.hdu is not None else None
        places[hdu] = max(places.get(hdu, -1), self.severity(rule, problem).rank)
        if rule.code not in self.plan.covering:
            self.unreported.setdefault(rule.code, printable(problem.message))
        dependants = self.plan.dependants.get(rule.code, 0) & self.applicable
        self.dependent |= dependants
        self.waiting |= dependants

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

    def miss_facts(self) -> None:
        """Note what follows from a broken fact that nothing reports: what depends on it was not checked."""
        widest = self.plan.widest
        facts = (
            [rule for rule in self.plan.rules if rule.code in self.unreported and rule.fact] if self.unreported else []
        )
        for fact in facts:
            # What cannot be read was not checked by any rule; a product concerns the rules that need it.
            if widest >= WIDTH["file"] and (fact.family == "FILE" or widest == WIDTH["spec"]):
                reason = f"what rests on it was not checked: {self.unreported[fact.code]}"
                self.not_checked.append(NotChecked(fact.code, reason))
        named = bool(self.unreported) or any(c.startswith("FILE") and c in self.plan.covering for c in self.hits)
        if not self.file.complete and widest > WIDTH["file"] and not named:
            self.not_checked.append(NotChecked("FILE005", "the file could not be followed to its end"))
        uncovered = self.context.uncovered
        if uncovered is not None and widest == WIDTH["spec"]:
            reason = f"known product, not covered: there is no table of {uncovered.product} to check the file against"
            self.not_checked.append(NotChecked("PROD009", reason))
        changed = self.file.changed or (self.context.scan.changed if self.context.scan is not None else "")
        if changed:
            self.not_checked.append(NotChecked("TOOL002", f"the file changed while it was read: {printable(changed)}"))

    def skip(self, rule: Rule, reason: str) -> None:
        if rule.code in self.plan.reported:
            self.skipped.append(Skipped(rule.code, printable(reason)))

    def add(self, rule: Rule, problem: Problem, folded: dict[str, int]) -> None:
        hdu = problem.hdu
        key = problem.group_key
        severity = self.severity(rule, problem)
        counts = severity is not Severity.INFO and rule.code in self.plan.covering
        if hdu is not None and problem.keyword is not None and counts:
            self.context.reported.add((hdu.index, problem.keyword))
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

    def crash(self, what: str, error: Exception) -> str:
        """Add the finding that something of the program crashed; return its error as text."""
        tool = find_rule("TOOL001")
        if tool is None:
            raise LookupError("TOOL001") from error
        text = printable(f"{type(error).__name__}: {error}")[:200]
        self.failed = True
        self.findings.append(
            Finding(
                tool.code,
                tool.name,
                Severity.ERROR,
                f"{what} crashed ({text}); what it should check was not checked",
                found=text,
                hint="this is a fault of jwstprod; please report it with the file",
            )
        )
        return text

    def left_out(self) -> str:
        """Why the file is not to be judged, '' for one that is."""
        if self.unasked:
            return self.unasked
        known = self.product.name is not None and self.context.uncovered is None
        if not self.options.skip_unknown or known or any(code.startswith("FILE") for code in self.hits):
            return ""
        return "no known product" if self.product.name is None else f"no table of {self.product.name}"

    def report(self) -> FileReport:
        left_out = self.left_out()
        if left_out:
            level = "data" if self.context.scan is not None else "structure"
            hdus = tuple(summarise_hdus(self.file))
            return FileReport(self.file.path, self.product.name, level, {}, hdus, (), (), left_out=left_out)
        self.miss_facts()
        context, known = self.context, self.context.known
        solved = context.solution.symbols if known else {}
        table = self.options.table
        return FileReport(
            path=self.file.path,
            product=self.product.name,
            level="data" if context.scan is not None else "structure",
            symbols={name: s.value for name, s in solved.items()},
            hdus=tuple(summarise_hdus(self.file)),
            findings=tuple(self.findings),
            skipped=tuple(self.skipped),
            not_checked=tuple(self.not_checked),
            failing=self.options.fail_on,
            inapplicable=self.inapplicable,
            origins={name: printable(s.origin) for name, s in solved.items()} if table else {},
            identity=identity_of(self.product, context.facts) if self.options.delivery else None,
            rows=tuple(summarise_rows(context, self.findings)) if table and known else (),
            title=context.spec.spec.title if known else None,
            evidence=tuple(printable(str(v)) for v in self.product.evidence) if table else (),
            rules_run=self.ran,
            size=self.file.stored,
        )


def _clean(text: str | None) -> str | None:
    return None if text is None else printable(text)


def _fold(finding: Finding, place: str, keyword: str | None) -> Finding:
    if keyword and _clean(keyword) != finding.keyword:
        place = f"{place} {_clean(keyword)}"
    places = finding.places if len(finding.places) >= MAX_PLACES else (*finding.places, place)
    return msgspec.structs.replace(finding, count=finding.count + 1, places=places)
