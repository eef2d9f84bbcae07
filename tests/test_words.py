"""The English of manuals, messages, docstrings, specs, README and docs: plain words of the field, no old ones, real sources.

A file is data: it contains, states and lacks things; it does not stand, speak or say. ``REFUSED`` has what must not be
written and what to write instead.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import jwstprod_check
from jwstprod_check.rules import all_rules

PACKAGE = Path(jwstprod_check.__file__).parent
ROOT = PACKAGE.parent
REFUSED = {
    "Mend:": (r"\bMend(s|ed|ing)?\b", "How to fix:, correct, repair"),
    "stands": (r"\b(stand|stands|stood|standing)\b(?!( in)? for\b)(?!-in)", "is, appears, occurs"),
    "told": (r"\b(told|untold)\b|\btells?\b(?! (us|you)\b)", "identified, reported, stated"),
    "odd": (r"\bodd(ly)?\b(?! number)", "unexpected, invalid"),
    "strange": (r"\bstrange(ly|r|rs)?\b", "unexpected, unknown, invalid"),
    "well": (r"(?<!as )(?<!as\n)\bwell\b(?!([- ](formed|known)))", "valid"),
    "speaks": (r"\b(speak|speaks|speaking|spoke|spoken)\b", "concerns, refers to, states"),
    "says": (
        r"\b(headers?|keywords?|rules?|files?|names?|arrays?|tables?|cards?|documents?|trees?|specs?|manuals?|messages?|it|"
        r"they|nothing|[A-Z][A-Z0-9_-]{3,})\s+(say|says|said)\b",
        "states, contains, reports",
    ),
    "nothing is said": (r"\b(is|are|was|were|be|been)\s+said\b", "is reported, is stated"),
    "without a word": (r"\b(without|says?|none says)\s+a\s+word\b", "without a message"),
    "of nobody": (r"\bof nobody\b|\bnobody('|\N{RIGHT SINGLE QUOTATION MARK})s\b", "that nobody reads"),
    "no known product": (r"\bsays?\s+no\s+known\s+product\b", "no evidence at all"),
    "beyond measure": (r"\bbeyond\s+(all\s+)?measure\b|\bwithout\s+measure\b", "a number"),
    "held against": (r"\b(hold|holds|held|holding)\b[^.\n]{0,60}\bagainst\b", "check against, compare with"),
    "as it stands": (r"\bas (it|they) stands?\b", "unchanged"),
    "the document has it": (r"\bthe documents? ha(s|ve) it\b", "documented only for"),
    "found out late": (r"\bfound out\b", "a source"),
    "asked": (r"\b(is|are|be|was|were)\s+asked\b(?! for)|\basked\s+of\b", "is checked, applies to"),
    "voice": (r"\bvoices?\b|\bheard\b", "measurement"),
    "votes": (r"\bvot(e|es|ed|ing)\b", "evidence"),
    "gives way": (r"\b(give|gives|gave|giving)\s+way\b(?!\s+to\b)", "gives way to"),
    "mostly old": (r"\b(whence|wherein|thereof|thereby|hence|albeit|unto)\b", "plain words"),
    "as good as none": (r"\bas good as (none|nothing)\b", "counts as missing"),
    "meant": (r"\b(was|were|be)\s+meant\b(?! for)", "is intended"),
    "there are 1": (r"\bthere are (\{\}|1) ?\w*", "a sentence that fits one and many"),
    "cut": (r"\b(is|was|been|be)\s+cut\b(?! (off|out|into))", "truncated"),
}
"""Name -> pattern, and what to write instead."""

SOURCES = (
    r"FITS Standard [34]\.0, (sections?|appendix|table) ?[\dA-Z]",
    r"\bappendix [A-Z] of version 3\.0",
    r"\b(RFC|IETF) \d{3,5}\b",
    r"\b(ASDF|YAML)( Standard)? \d+\.\d+",
    r"\bOIFITS 2 \(A&A \d+, A\d+\)",
    r"\b10\.\d{4,9}/\S+",
    r"\barXiv:\d{4}\.\d{4,5}\b",
    r"\bIVOA [\w.-]+ \d",
    r"\b[\w/-]+\.rst\b",
    r"\b(jwst|stdatamodels|gwcs|crds|romancal|stcal) \d+\.\d+(\.\d+)?\b",
    r"\bstdatamodels, \w+\.(py|schema\.yaml), \d+\.\d+",
    r"\b(jwst|stdatamodels|astropy|mirage|jdaviz|specutils|gwcs|asdf|fitsverify)\s+((pull\s+)?(issues?|requests?))\s+\d+",
    r"\bspecs/[\w/]+\.yaml\b",
    r"\bMAST, (HLSP Contributor Guide|mast_contributor_tools)",
    r"\bregistered FITS convention \w+",
    r"\bGNU gzip \d+\.\d+",
    r"\bdocs/\w+\.md, \"[^\"]+\"",
    r"\bthe spec \(`jwstprod spec show PRODUCT`\)",
)
"""What a manual may end with: a section, a page, a release, an issue, a paper, a file of the specs."""


def docstrings(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found = node.body[0] if node.body else None
            if (
                isinstance(found, ast.Expr)
                and isinstance(found.value, ast.Constant)
                and isinstance(found.value.value, str)
            ):
                yield found.value


def texts_of(tree):
    """Docstrings and the strings that are text: those with a blank in them, values in f-strings as ``{}``."""
    parts = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts.update(id(part) for part in node.values)
            yield node.lineno, "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in parts
            and " " in node.value
        ):
            yield node.lineno, node.value


@cache
def texts():
    """(place, text) of everything that a user or a contributor reads."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for line, text in texts_of(ast.parse(path.read_text())):
            found.append((f"{path.relative_to(ROOT)}:{line}", text))
    specs = [path for folder in (ROOT / "specs", PACKAGE / "specs") for path in sorted(folder.rglob("*.yaml"))]
    pages = sorted((ROOT / "docs").glob("*.md"))
    for path in (*specs, ROOT / "README.md", ROOT / "CONTRIBUTING.md", *pages):
        if path.is_file():
            lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            found += [(f"{path.relative_to(ROOT)}:{n}", line) for n, line in lines]
    return tuple(found)


def places(pattern):
    """Where a pattern is found, and in which words."""
    search = re.compile(pattern, re.IGNORECASE if pattern.islower() else 0).search
    return [f"{place}: ...{match[0]}..." for place, text in texts() if (match := search(text))]


@pytest.mark.parametrize("word", REFUSED)
def test_no_text_has_an_old_word(word):
    pattern, instead = REFUSED[word]
    assert places(pattern) == [], f"write: {instead}"


RULES = {rule.code: rule for rule in all_rules()}


def paragraph(manual, heading):
    """Text of the paragraph or line that begins with a heading, '' without one."""
    found = re.search(rf"^{heading}: (.*?)(?=^\S[^:\n]*: |\n\s*\n|\Z)", manual, re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def test_manuals_say_how_to_fix_it():
    assert [code for code, rule in RULES.items() if not paragraph(rule.manual, "How to fix")] == []


@pytest.mark.parametrize("code", list(RULES))
def test_manual_ends_with_a_source(code):
    manual = RULES[code].manual
    source = paragraph(manual, "Source")
    assert " ".join(manual.split()).endswith(f"Source: {source}"), "the source is the last paragraph"
    assert any(re.search(pattern, source) for pattern in SOURCES), source


def test_sections_of_the_pages_that_manuals_name_are_there():
    named = {found for rule in RULES.values() for found in re.findall(r'(docs/\w+\.md), "([^"]+)"', rule.manual)}
    assert named
    for page, heading in named:
        assert heading in re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    ("word", "text", "refused"),
    [
        ("stands", "a card that stands twice", True),
        ("stands", "N/A stands for no value", False),
        ("stands", "the FITS Standard, as readers understand it", False),
        ("told", "the product cannot be told", True),
        ("well", "a card that is well", True),
        ("well", "a version that is well formed, and others as well", False),
        ("says", "where the header says so", True),
        ("says", "DATE-BEG says when", True),
        ("says", "the person who said so", False),
        ("odd", "an odd card", True),
        ("odd", "an odd number of quotes", False),
        ("held against", "hold the file against its spec", True),
        ("there are 1", "there are {} extensions", True),
        ("there are 1", "there are several extensions", False),
        ("asked", "FILENAME is asked", True),
        ("asked", "what was asked for", False),
        ("gives way", "a rule that gives way to another", False),
        ("gives way", "the name gives way", True),
        ("of nobody", "fills the keyword of nobody", True),
        ("of nobody", "sets a keyword that nobody reads", False),
    ],
)
def test_patterns_refuse_what_they_should(word, text, refused):
    pattern = REFUSED[word][0]
    assert bool(re.search(pattern, text)) is refused


@pytest.mark.parametrize(
    ("source", "good"),
    [
        ("FITS Standard 4.0, section 7.3.2.", True),
        ("stdatamodels 6.0.0, core.schema.yaml.", True),
        ("jwst issues 8067 and 10755.", True),
        ("jwst documentation, data_products/file_naming.rst.", True),
        ("what the arrays are for; users of such files found out late.", False),
        ("the promise never to fail open.", False),
        ('docs/design.md, "Bounds".', True),
        ("docs/design.md of jwstprod, exit status.", False),
        ("practice of astropy, CFITSIO and MAST.", False),
        ("the product's documented table.", False),
    ],
)
def test_only_references_are_sources(source, good):
    assert any(re.search(pattern, source) for pattern in SOURCES) is good
