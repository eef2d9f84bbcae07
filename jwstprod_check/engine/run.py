"""One file through all rules -> ``FileReport``.

Rules run in the order of the plan. A finding of a rule that stands in another's ``after`` keeps that one from
looking at the same HDU, or at all if it concerns the whole file, and a ``Skipped`` says so. A rule that
crashes becomes a TOOL001 finding, and the next one runs.
"""

from typing import TYPE_CHECKING, Final

from jwstprod_check.config import Options
from jwstprod_check.engine.plan import plan
from jwstprod_check.engine.rows import summarise_hdus, summarise_rows
from jwstprod_check.findings import MAX_PLACES, FileReport, Finding, Severity, Skipped
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.product import Product
from jwstprod_check.rules import find_rule
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Gate, Problem, Rule, Skip
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.text import listed, printable

if TYPE_CHECKING:
    from jwstprod_check.scan.facts import Scan


def run_rules(
    file: FitsFile,
    product: Product,
    catalogue: Catalogue,
    options: Options,
    scan: "Scan | Exception | None" = None,
    facts: FileFacts | None = None,
) -> FileReport:
    """Run every rule on a file whose headers have been read and whose product has been told.

    ``scan`` is what the data pass found, or what made it crash; without it no rule on data runs, and each says so.
    ``facts`` are the keywords of the file, where they have been looked up before.
    """
    seen = None if isinstance(scan, Exception) else scan
    run = _Run(file, product, catalogue, options, seen, facts or FileFacts(file))
    if isinstance(scan, Exception):
        run.crash("the data pass", scan)
    run.go()
    return run.report()


MAX_PROBLEMS: Final = 2000
"""Problems of one rule after which it is not asked for more, if the file does not conform anyhow."""


class _Run:
    """The state of one run: findings so far and the HDUs that they concern.

    ``usual`` says that no rule is barred from the file as a whole: its product is known, its data were read if asked for;
    ``failed`` that an error is among the findings.
    """

    def __init__(
        self,
        file: FitsFile,
        product: Product,
        catalogue: Catalogue,
        options: Options,
        scan: "Scan | None",
        facts: FileFacts,
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
        self.hit: dict[str, set[int | None]] = {}
        self.opened: set[Gate] = set()
        self.closed: set[Gate] = set()
        self.ran = 0
        self.usual = False
        self.failed = False
        spec = None
        if product.name is not None and file.hdus:
            spec = catalogue.amended(product.name, facts, options.strict)
        self.context = Context(file, product, spec, catalogue, options.strict, profile, scan, facts)

    def go(self) -> None:
        """Apply every rule of the plan, in order."""
        context = self.context
        usual = context.known and context.uncovered is None and context.profile is None
        self.usual = usual and (context.scan is not None or not self.options.data)
        for step in self.plan.steps:
            for done, rule in enumerate(step.rules):
                # Most rules stand behind a gate that is closed for a good file; nothing keeps them from running.
                if self.usual and step.gate in self.closed and self.hit.keys().isdisjoint(step.requires):
                    self.ran += len(step.rules) - done
                    break
                self.apply(rule)

    def barred(self, rule: Rule) -> str:
        """Return why a rule cannot run on this file at all, '' for one that can."""
        context = self.context
        if self.usual:
            return ""
        if rule.scope != "file" and not self.file.hdus:
            return "the file has no readable HDU"
        if context.profile is not None and rule.code in context.profile.waives:
            return f"the profile {context.profile.profile} does not ask for it"
        if rule.scope == "spec" and not context.known:
            return "the product is not known"
        if rule.scope == "spec" and context.uncovered is not None:
            return "the product is not FITS"
        if rule.level == "data" and context.scan is None:
            return "the data were not read"
        return ""

    def apply(self, rule: Rule) -> None:
        reason = self.barred(rule)
        if reason:
            self.skip(rule, reason)
            return
        context = self.context
        if not self.hit.keys().isdisjoint(rule.requires):
            hit: set[int | None] = set().union(*(self.hit.get(code, ()) for code in rule.requires))
            first = " or ".join(code for code in rule.requires if code in self.hit)
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
            if not self.opens(rule.gate):
                return
            count = 0
            for outcome in rule.check(context):
                if isinstance(outcome, Skip):
                    self.skip(rule, outcome.reason)
                    continue
                if count >= MAX_PROBLEMS and self.failed:
                    self.skip(rule, f"it stopped after {count} problems")
                    break
                count += 1
                self.hit.setdefault(rule.code, set()).add(outcome.hdu.index if outcome.hdu is not None else None)
                if rule.code in self.plan.reported:
                    self.add(rule, outcome, folded)
        except Exception as error:
            text = self.crash(f"{rule.code} {rule.name}", error)
            self.skipped.append(Skipped(rule.code, f"it crashed: {text}"))

    def opens(self, gate: Gate | None) -> bool:
        """Whether a gate lets its rules look at the file; it is asked once."""
        if gate is None or gate in self.opened:
            return True
        if gate in self.closed:
            return False
        is_open = gate(self.context)
        (self.opened if is_open else self.closed).add(gate)
        return is_open

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
        if hdu is not None and problem.keyword is not None and severity is not Severity.INFO:
            self.context.reported.add((hdu.index, problem.keyword))
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
    import msgspec

    if keyword and _clean(keyword) != finding.keyword:
        place = f"{place} {_clean(keyword)}"
    places = finding.places if len(finding.places) >= MAX_PLACES else (*finding.places, place)
    return msgspec.structs.replace(finding, count=finding.count + 1, places=places)
