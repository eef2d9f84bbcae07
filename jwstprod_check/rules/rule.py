"""What a rule is: a pure generator function with a code, a name, a severity and a manual.

``@rule`` turns the function into a frozen ``Rule``; the modules list theirs in ``RULES``, and nothing is
registered by being imported. A rule yields ``Problem`` and ``Skip``; the engine adds code, name and severity.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu

if TYPE_CHECKING:
    from jwstprod_check.rules.context import Context

Level = Literal["structure", "tables", "data"]
"""What a rule reads: headers, the rows of small tables besides, or all data."""
Scope = Literal["file", "walk", "spec", "profile"]


class Problem(msgspec.Struct, frozen=True):
    """What a rule found at one place.

    ``hdu`` is the HDU concerned; ``extname`` (with ``extver``) names one that is not there. ``severity`` overrides the rule's.
    Problems of one rule with the same ``group_key`` become one finding with a count.
    """

    message: str
    hdu: Hdu | None = None
    extname: str | None = None
    extver: int = 1
    keyword: str | None = None
    column: str | None = None
    expected: str | None = None
    found: str | None = None
    hint: str | None = None
    offset: int | None = None
    severity: Severity | None = None
    group_key: str | None = None


class Skip(msgspec.Struct, frozen=True):
    """Why a rule, or a part of it, could not be checked.

    ``because`` are the rules, or families, that report the cause; where none of them has reported anything, the verdict
    says that something was not checked.
    """

    reason: str
    because: tuple[str, ...] = ()
    hdu: Hdu | None = None


Outcome = Problem | Skip
Check = Callable[["Context"], Iterator[Outcome]]
Examination = Callable[["Context"], Mapping[str, object]]


class Documented(msgspec.Struct, frozen=True):
    """What every rule has: a code, a name, a severity, and a check whose docstring is its manual."""

    code: str
    name: str
    severity: Severity
    check: Callable[..., Iterator[Any]]

    @property
    def family(self) -> str:
        """Letters of the code."""
        return self.code[:-3]

    @property
    def manual(self) -> str:
        """The docstring of the check."""
        return docstring(self.check)

    @property
    def title(self) -> str:
        """First line of the manual."""
        return self.manual.partition("\n")[0]


class Rule(Documented, frozen=True):
    """A rule. Where a rule of ``requires`` finds something in an HDU, this one cannot be checked there.

    A rule of ``gives_way_to`` reports the same defect: where it does so, this one is silent.

    ``scope`` is ``file`` for a rule that runs on anything, ``walk`` for one that needs at least one HDU, ``spec``
    for one that needs to know the product, ``profile`` for one that runs only where the user chose a profile.
    ``examined_by`` is given where one examination of the file finds the problems of many rules: a mapping from codes,
    which lacks the codes of the rules that found nothing. ``traits`` limits a rule to products that have one of them.
    ``fact`` marks a rule that establishes what others depend on: the container can be read, the product is known.
    """

    check: Check
    level: Level = "structure"
    scope: Scope = "spec"
    requires: tuple[str, ...] = ()
    gives_way_to: tuple[str, ...] = ()
    fact: bool = False
    examined_by: Examination | None = None
    traits: tuple[str, ...] = ()


def docstring(function: Callable[..., Any]) -> str:
    """Return the docstring of a function, from its source where Python runs without docstrings (``-OO``)."""
    from inspect import cleandoc, getsource, unwrap

    if function.__doc__ is not None:
        return cleandoc(function.__doc__)
    from ast import FunctionDef, get_docstring, parse
    from textwrap import dedent

    try:
        tree = parse(dedent(getsource(unwrap(function)))).body[0]
    except (OSError, TypeError, SyntaxError):
        return ""
    return get_docstring(tree) or "" if isinstance(tree, FunctionDef) else ""


def rule(
    code: str,
    name: str,
    severity: Severity = Severity.ERROR,
    *,
    requires: tuple[str, ...] = (),
    gives_way_to: tuple[str, ...] = (),
    fact: bool = False,
    scope: Scope = "spec",
    level: Level = "structure",
    traits: tuple[str, ...] = (),
) -> Callable[[Check], Rule]:
    """Make a rule of a generator function; its docstring is the rule's manual."""

    def made(check: Check) -> Rule:
        return Rule(code, name, severity, check, level, scope, requires, gives_way_to, fact, None, traits)

    return made
