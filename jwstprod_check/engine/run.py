"""One file through all rules -> ``FileReport``.

Rules run in the order of the plan; what they find is in ``Outcomes``, which says what a finding keeps from being checked. A rule
that crashes becomes a TOOL001 finding, and the next one runs.
"""

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final

from jwstprod_check.config import Options
from jwstprod_check.engine.identity import identity_of
from jwstprod_check.engine.outcomes import Outcomes
from jwstprod_check.engine.plan import listed, plan, rules_for
from jwstprod_check.engine.rows import summarise_hdus, summarise_rows
from jwstprod_check.engine.structure import Structure, structure_of
from jwstprod_check.findings import FileReport
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.product import Product
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Rule, Skip
from jwstprod_check.spec.loader import Catalogue
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
    run = Run(file, product, catalogue, options, seen, facts or FileFacts(file), tables)
    if isinstance(scan, Exception):
        run.outcomes.crash("the data pass", scan)
    run.run()
    return run.report()


LEARN_FROM: Final = 3
"""The file of a structure that is judged with a note of what each rule reads, which takes some twice as long.

Of most structures of a mixed delivery there are one file or two."""

MAX_PROBLEMS: Final = 2000
"""Problems of one rule after which it is not asked for more, if the file does not conform anyhow."""


class Run:
    """The state of one run over the rules of the plan.

    ``unrestricted`` means that no rule is kept from the file as a whole: its product is known, its data were read if asked
    for; ``unasked`` is why nothing of the file is judged; ``waiting`` are the rules that are still to be applied, as bits,
    ``dependent`` those that require or give way to one that found something; ``ran`` counts the rules that ran.
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
        self.dependent = 0
        self.ran = 0
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
        self.outcomes = Outcomes(file, self.plan, context.reported)
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
        context, before = self.context, self.waiting
        alone = self.restricted()
        for bit, rule, ask in listed(self.plan, waiting):
            if alone & bit:
                self.apply(rule)
            else:
                # As ``ask`` does: a call for each rule of each file takes longer than most rules.
                try:
                    outcomes = ask(context)
                    first = next(outcomes, None)
                except Exception as error:
                    self.outcomes.crashed(rule, error)
                    continue
                if first is None:
                    continue
                self.take(rule, chain((first,), outcomes))
            if self.waiting != before:
                return self.waiting & -(bit << 1)
            alone = self.restricted()
        return 0

    def restricted(self) -> int:
        """Rules that something may keep from the file or from one of its HDUs, as bits."""
        return self.dependent if self.unrestricted else -1

    def learn(self, structure: Structure) -> None:
        """Apply the waiting rules with a note of what each reads, and remember those that find nothing."""
        from jwstprod_check.engine.observe import ObservedContext
        from jwstprod_check.fits.observed import Observer, Reads

        self.examine()
        self.ran += len(self.plan.rules)
        observer, outcomes = Observer(), self.outcomes
        context = self.context = ObservedContext(self.context, observer)
        quiet: dict[int, Reads] = {}
        for place, rule in enumerate(self.plan.rules):
            if not self.waiting >> place & 1:
                continue
            reads = observer.reads = Reads()
            if self.unrestricted and not self.dependent >> place & 1:
                found_nothing = self.ask(rule, context)
            else:
                before = outcomes.counts()
                self.apply(rule)
                # What was kept from an HDU did not look at it.
                found_nothing = before == outcomes.counts() and rule.code not in outcomes.restricted
            # What an examination of the file finds is asked of every file.
            if found_nothing and rule.code not in outcomes.hits and rule.examined_by is None:
                quiet[place] = reads
        structure.learn(self.file, quiet, context.structural, len(self.plan.rules))

    def ask(self, rule: Rule, context: Context) -> bool:
        """Apply a rule that nothing keeps from the file; return whether it found nothing."""
        try:
            outcomes = rule.check(context)
            first = next(outcomes, None)
        except Exception as error:
            self.outcomes.crashed(rule, error)
            return False
        if first is not None:
            self.take(rule, chain((first,), outcomes))
        return first is None

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
            self.outcomes.skip(rule, reason)
            self.ran -= 1
            return
        context = self.context
        if self.outcomes.hits:
            blocked = self.outcomes.blocked(rule)
            if blocked:
                self.outcomes.restricted.add(rule.code)
            if None in blocked:
                self.ran -= 1
                return
            context = context.excluding(frozenset(i for i in blocked if i is not None))
        self.check(rule, context)

    def check(self, rule: Rule, context: Context) -> None:
        """Take what a rule finds in a file, but for the HDUs that the context excludes."""
        try:
            outcomes = rule.check(context)
        except Exception as error:
            self.outcomes.crashed(rule, error)
        else:
            self.take(rule, outcomes)

    def take(self, rule: Rule, found: Iterator[Outcome]) -> None:
        """Take what a rule finds, and have the rules applied that require it or give way to it."""
        outcomes = self.outcomes
        folded: dict[str, int] = {}
        count = 0
        try:
            for outcome in found:
                if isinstance(outcome, Skip):
                    outcomes.leave(rule, outcome)
                    continue
                if count >= MAX_PROBLEMS and outcomes.failed:
                    outcomes.leave(rule, Skip(f"it stopped after {count} problems"))
                    break
                count += 1
                outcomes.note(rule, outcome)
                if rule.code in self.plan.reported:
                    outcomes.add(rule, outcome, folded)
        except Exception as error:
            outcomes.crashed(rule, error)
        if count:
            dependants = self.plan.dependants.get(rule.code, 0) & self.applicable
            self.dependent |= dependants
            self.waiting |= dependants

    def left_out(self) -> str:
        """Why the file is not to be judged, '' for one that is."""
        if self.unasked:
            return self.unasked
        known = self.product.name is not None and self.context.uncovered is None
        if not self.options.skip_unknown or known or any(code.startswith("FILE") for code in self.outcomes.hits):
            return ""
        return "no known product" if self.product.name is None else f"no table of {self.product.name}"

    def report(self) -> FileReport:
        left_out = self.left_out()
        if left_out:
            level = "data" if self.context.scan is not None else "structure"
            hdus = summarise_hdus(self.file)
            return FileReport(self.file.path, self.product.name, level, {}, hdus, (), (), left_out=left_out)
        context, known, outcomes = self.context, self.context.known, self.outcomes
        uncovered = None if context.uncovered is None else context.uncovered.product
        outcomes.miss_facts(uncovered, self.file.changed or (context.scan.changed if context.scan is not None else ""))
        solved = context.solution.symbols if known else {}
        table = self.options.table
        return FileReport(
            path=self.file.path,
            product=self.product.name,
            level="data" if context.scan is not None else "structure",
            symbols={name: s.value for name, s in solved.items()},
            hdus=summarise_hdus(self.file),
            findings=tuple(outcomes.findings),
            skipped=tuple(outcomes.skipped),
            not_checked=tuple(outcomes.not_checked),
            failing=self.options.fail_on,
            inapplicable=self.inapplicable,
            origins={name: printable(s.origin) for name, s in solved.items()} if table else {},
            identity=identity_of(self.product, context.facts) if self.options.delivery else None,
            rows=tuple(summarise_rows(context, outcomes.findings)) if table and known else (),
            title=context.spec.spec.title if known else None,
            evidence=tuple(printable(str(v)) for v in self.product.evidence) if table else (),
            rules_run=self.ran,
            size=self.file.stored,
        )
