"""What is remembered of a structure holds for files of other names and with a longer or shorter tree, which most files differ in."""

import gzip
import random
import re
from dataclasses import replace

import pytest
from builders import join, split
from judging import CATALOGUE, DARK, DATA

from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_target
from jwstprod_check.engine.observe import _ObservedName
from jwstprod_check.engine.run import LEARN_FROM, Run
from jwstprod_check.engine.structure import Structure
from jwstprod_check.memo import NoMemo, forget
from jwstprod_check.product import Name

OPTIONS = Options(table=False, delivery=True)
FILES = sorted(path for path in (DATA / "good").rglob("*.fits*") if path.stat().st_size < 2_000_000)
NAMES = (
    lambda base: base,
    lambda base: base.replace("_nrc", "-seg001_nrc", 1),
    lambda base: re.sub(r"jw\d{5}", "jw04321", base, count=1),
    lambda base: "copy_of_" + base,
    lambda base: base.replace(".fits", "-04.fits"),
    lambda base: re.sub(r"_0000(\d)_", r"_0000\1_o001_", base, count=1).replace("_o001_nrc", "_nrc"),
)


def raw_of(path):
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def with_tree(raw, more):
    """The file with a tree of some bytes more, all of them NUL."""
    parts = split(raw)
    for number, part in enumerate(parts):
        if part.name == "ASDF":
            size = part.axes[0] + more
            changed = part.with_card("NAXIS1", size).with_card("TFORM1", f"{size}B")
            parts[number] = replace(changed, data=part.data.ljust(size, b"\0"))
    return join(parts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_reports_are_those_without_memory(path):
    raw, base = raw_of(path), path.name.removesuffix(".gz")
    cases = [(with_tree(raw, more), name(base)) for name in NAMES for more in (0, 1, 3000)]
    random.Random(path.name).shuffle(cases)
    forget()
    with_memory = [check_target(changed, CATALOGUE, OPTIONS, name) for changed, name in cases]
    with NoMemo():
        assert with_memory == [check_target(changed, CATALOGUE, OPTIONS, name) for changed, name in cases]


def noted(monkeypatch):
    """Note the structures that are learnt."""
    learned, learn = [], Structure.learn

    def note(self, *args):
        learned.append(self)
        learn(self, *args)

    monkeypatch.setattr(Structure, "learn", note)
    return learned


def test_files_of_other_exposures_have_one_structure(monkeypatch):
    learned = noted(monkeypatch)
    raw = raw_of(DARK)
    forget()
    for number in range(LEARN_FROM + 3):
        name = DARK.name.replace("jw01234", f"jw0432{number}")
        check_target(with_tree(raw, number * 11), CATALOGUE, OPTIONS, name)
    assert len(learned) == 1


def test_names_of_another_form_are_of_another_structure(monkeypatch):
    learned = noted(monkeypatch)
    raw = raw_of(DARK)
    forget()
    for name in (DARK.name, "copy_of_" + DARK.name, DARK.name.replace("_nrc", "-seg001_nrc")) * LEARN_FROM:
        check_target(raw, CATALOGUE, OPTIONS, name)
    assert len({id(one) for one in learned}) == 3


def test_only_rules_on_the_name_are_asked_again_of_files_like_one_that_is_right(monkeypatch):
    asked = []
    learn = Run.learn

    def note(self, structure):
        learn(self, structure)
        rest = self.applicable & ~structure.quiet
        asked.extend(r.code for n, r in enumerate(self.plan.rules) if rest >> n & 1 and r.examined_by is None)

    monkeypatch.setattr(Run, "learn", note)
    forget()
    for _ in range(LEARN_FROM):
        check_target(raw_of(DARK), CATALOGUE, OPTIONS, DARK.name)
    # The last one reports the amendment on which the verdict relies.
    assert sorted(asked) == ["KEY025", "KEY026", "KEY063", "PROD008"]


def test_what_a_name_states_at_all_is_the_same_for_all_files_of_a_structure():
    assert {name for name, one in vars(Name).items() if isinstance(one, property)} <= _ObservedName._same
