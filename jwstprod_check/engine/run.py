"""One file through all rules -> ``FileReport``.

Rules run in the order of the plan. A finding of a rule that stands in another's ``after`` keeps that one from
looking at the same HDU, or at all if it concerns the whole file, and a ``Skipped`` says so. A rule that
crashes becomes a TOOL001 finding, and the next one runs.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from jwstprod_check.config import Options
from jwstprod_check.engine.observe import ObservedContext, Observer, Reads
from jwstprod_check.engine.plan import plan
from jwstprod_check.engine.rows import summarise_hdus, summarise_rows
from jwstprod_check.engine.structure import Structure, structure_of
from jwstprod_check.findings import MAX_PLACES, FileReport, Finding, Severity, Skipped
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.product import Product, identify
from jwstprod_check.rules import find_rule
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Problem, Rule, Skip
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.text import listed, printable

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
    """Run every rule on a file whose headers have been read and whose product has been told.

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


NAMES: Final = ("PROD011", "PROD012")
"""Rules of a profile that look at nothing but the name of a file."""


PACKED: Final = ".fits."
"""In a name: a FITS file in a packing."""


def check_name(path: str, catalogue: Catalogue, options: Options) -> FileReport:
    """Apply the rules on the name of a file that is no FITS file by its name; nothing of it is read but its size.

    A FITS file in a packing that cannot be read (``.fits.bz2``) is unverified.
    """
    size = os.stat(path).st_size
    file = FitsFile(path, size, size, False, (), (), True, {})
    product = identify(file, catalogue, None, os.path.basename(path))
    run = _Run(file, Product(None, (), product.file_name), catalogue, options, None, FileFacts(file), None)
    # Whatever a file without HDUs is kept from, its name can be looked at.
    run.unrestricted = True
    for rule in run.plan.rules:
        if rule.code in NAMES:
            run.apply(rule)
    packed = PACKED in os.path.basename(path).lower()
    if packed:
        run.skipped.append(Skipped("FILE001", "this packing cannot be read: only the name was checked"))
    return msgspec.structs.replace(run.report(), covered=not packed)


LEARN_FROM: Final = 4
"""The file of a structure that is judged with a note of what each rule reads, which takes some ten times as long."""

MAX_PROBLEMS: Final = 2000
"""Problems of one rule after which it is not asked for more, if the file does not conform anyhow."""


class _Run:
    """The state of one run: findings so far and the HDUs that they concern.

    ``unrestricted`` means that no rule is kept from the file as a whole: its product is known, its data were read if asked
    for; ``failed`` that an error is among the findings; ``waiting`` are the rules that are still to be applied, as bits.
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
        self.hdus_with_findings: dict[str, set[int | None]] = {}
        self.waiting = self.plan.everything
        self.ran = 0
        self.failed = False
        spec = None
        if product.name is not None and file.hdus:
            model = product.model
            assumed = facts if model is None else facts.assuming(DATAMODL=model)
            spec = catalogue.amended(product.name, assumed, options.strict)
        context = Context(file, product, spec, catalogue, options.strict, profile, scan, facts, tables)
        usual = context.known and context.uncovered is None and profile is None
        self.unrestricted = usual and (scan is not None or not options.data)
        self.structure = (
            structure_of(file, spec, catalogue, options) if spec is not None and self.unrestricted else None
        )
        self.context = context

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

    def apply_waiting(self) -> None:
        """Apply the waiting rules; one whose problems an examination finds is asked only where it found some."""
        for examination, rules, by_code in self.plan.examined:
            if self.file.hdus:
                found = sum([by_code[code] for code in examination(self.context) if code in by_code])
                self.waiting &= ~rules | found
        for place, rule in enumerate(self.plan.rules):
            if self.waiting >> place & 1:
                self.apply(rule)
            else:
                self.ran += 1

    def learn(self, structure: Structure) -> None:
        """Apply all rules with a note of what each reads, and remember those that find nothing."""
        observer = Observer()
        context = self.context = ObservedContext(self.context, observer)
        quiet: dict[int, Reads] = {}
        for place, rule in enumerate(self.plan.rules):
            before = len(self.findings), len(self.skipped), len(self.hdus_with_findings)
            _, reads = observer.during(self.apply, rule)
            after = len(self.findings), len(self.skipped), len(self.hdus_with_findings)
            # What an examination of the file finds is asked of every file.
            if before == after and rule.code not in self.hdus_with_findings and rule.examined_by is None:
                quiet[place] = reads
        structure.learn(self.file, quiet, context.structural, len(self.plan.rules))

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
            return
        context = self.context
        if rule.traits and context.known and not context.has_trait(*rule.traits):
            return
        if self.hdus_with_findings and not self.hdus_with_findings.keys().isdisjoint(rule.requires):
            hit: set[int | None] = set().union(*(self.hdus_with_findings.get(code, ()) for code in rule.requires))
            first = " or ".join(code for code in rule.requires if code in self.hdus_with_findings)
            if None in hit:
                self.skip(rule, f"a finding of {first} comes first")
                return
            blocked = frozenset(i for i in hit if i is not None)
            if blocked:
                # A header that could not be read to its end has a number but is no HDU.
                names = listed(h.label for h in self.file.hdus if h.index in blocked) or "the rest of the file"
                self.skip(rule, f"{names}: a finding of {first} comes first")
                context = context.excluding(blocked)
        self.ran += 1
        folded: dict[str, int] = {}
        try:
            count = 0
            for outcome in rule.check(context):
                if isinstance(outcome, Skip):
                    self.skip(rule, outcome.reason)
                    continue
                if count >= MAX_PROBLEMS and self.failed:
                    self.skip(rule, f"it stopped after {count} problems")
                    break
                count += 1
                self.hit(rule.code, outcome.hdu.index if outcome.hdu is not None else None)
                if rule.code in self.plan.reported:
                    self.add(rule, outcome, folded)
        except Exception as error:
            text = self.crash(f"{rule.code} {rule.name}", error)
            self.skipped.append(Skipped(rule.code, f"it crashed: {text}"))

    def hit(self, code: str, hdu: int | None) -> None:
        """Note that a rule found something, so that those that require it are applied, to give way."""
        self.hdus_with_findings.setdefault(code, set()).add(hdu)
        self.waiting |= self.plan.dependants.get(code, 0)

    def skip(self, rule: Rule, reason: str) -> None:
        if rule.code in self.plan.reported:
            self.skipped.append(Skipped(rule.code, reason))

    def add(self, rule: Rule, problem: Problem, folded: dict[str, int]) -> None:
        hdu = problem.hdu
        key = problem.group_key
        if key is not None and key in folded:
            at = folded[key]
            self.findings[at] = _fold(self.findings[at], hdu.label if hdu is not None else "", problem.keyword)
            return
        if key is not None:
            folded[key] = len(self.findings)
        severity = problem.severity or rule.severity
        self.failed = self.failed or severity is Severity.ERROR
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
                places=(hdu.label,) if key is not None and hdu is not None else (),
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

    def inapplicable(self) -> Iterator[Skipped]:
        """Rules that are not for the product: it has none of the traits that they ask for."""
        for rule in self.plan.limited:
            if self.context.known and rule.code in self.plan.reported and not self.context.has_trait(*rule.traits):
                yield Skipped(rule.code, f"the product has no trait {' or '.join(map(repr, rule.traits))}")

    def report(self) -> FileReport:
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
            covered=self.product.covered,
            inapplicable=tuple(self.inapplicable()),
            origins={name: s.origin for name, s in solved.items()} if table else {},
            rows=tuple(summarise_rows(context, self.findings)) if table and known else (),
            title=context.spec.spec.title if known else None,
            evidence=tuple(str(v) for v in self.product.evidence) if table else (),
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
