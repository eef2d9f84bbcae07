"""Many files, and their whole reports: with what the program remembers, and in a process that remembers nothing.

    python tests/helpers/reports.py CASES REPORTS

judges the pickled cases of one file and writes their reports to another, one JSON document a line.
"""

import json
import os
import pickle
import random
import sys
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(p) for p in (HERE, HERE.parent / "fuzz") if str(p) not in sys.path]

import msgspec  # noqa: E402
from builders import edited, join, split  # noqa: E402
from damages import DAMAGES  # noqa: E402
from fits_faults import FAULTS, GOOD, OTHERS  # noqa: E402
from judging import CATALOGUE, DARK, DATA, judge_file, raw_of  # noqa: E402
from made_files import make  # noqa: E402
from mutate import mutated  # noqa: E402

from jwstprod_check import check  # noqa: E402
from jwstprod_check.make import file_name  # noqa: E402
from jwstprod_check.memo import NoMemo  # noqa: E402

MUTANTS = int(os.environ.get("JWSTPROD_LONG_TESTS") or 300)
"""Mutants, and neighbours of one card; more of both in a long run."""

COMBINED = "jw01234-o001_t001_nircam_clear-f212n_{}.fits"
NAMES = (COMBINED, "jw01234001001_02101_00001_nrs1_{}.fits", "x_{}.fits", "x.fits", "")


class Case(msgspec.Struct, frozen=True):
    """A file by its bytes and its name, and how it is checked."""

    label: str
    name: str
    raw: bytes
    options: tuple[tuple[str, object], ...] = ()

    @property
    def reads_data(self):
        return ("data", True) in self.options


def cases():
    """Damages, faults of the standard, real files with and without their data, and mutants, all of a fixed seed."""
    whole = make("dark", CATALOGUE, optional=("ZEROFRAME",), keywords={"INTSTART": 1, "INTEND": 2, "NINTS": 2})
    sound = {"dark": whole, **{p: make(p, CATALOGUE) for p in ("trapsfilled", "wfscmb", "cal", "x1d", "ami-oi")}}
    for product in ("dark", "trapsfilled", "wfscmb"):
        name, parts = file_name(CATALOGUE.spec(product)), split(sound[product])
        for damage in DAMAGES:
            if damage.applies(product, parts):
                named = damage.base.format(name) if damage.base else name
                yield Case(f"{product}: {damage.name}", named, damage.apply(sound[product]))
    for fault in (*FAULTS, *OTHERS):
        yield Case(f"FITS: {fault}", "x.fits", fault.raw)
    for path in sorted(DATA.rglob("*.fits*")):
        raw = raw_of(path)
        for option in ((), (("strict", True),), (("data", True),)):
            yield Case(f"{path.parent.name}/{path.name} {option}", path.name.removesuffix(".gz"), raw, option)
    yield from twins(sound)
    seeds = [*sound.values(), DARK.read_bytes(), GOOD]
    for number in range(MUTANTS):
        yield Case(f"mutant {number}", DARK.name, mutated(seeds, 8, number))


def twins(sound):
    """Files that are alike but for one thing: a card, the name, the product asked for, the size of the data."""
    for product, raw in sound.items():
        for name in NAMES:
            yield Case(f"{product} named {name}", name.format(product), raw)
            yield Case(f"{product} without ASNTABLE named {name}", name.format(product), lacking(raw, "ASNTABLE"))
            yield Case(f"any product, {product} named {name}", name.format(product), raw, (("product", "dark"),))
    zeros = edited(sound["ami-oi"], "OI_VIS", lambda p: replace(p, data=bytes(len(p.data))))
    for number in range(6):
        yield Case(f"ami-oi {number}", "x_ami-oi.fits", sound["ami-oi"])
        yield Case(f"ami-oi with zeros {number}", "x_ami-oi.fits", zeros)
    for extname, axes in (("SCI", (16, 12, 7, 2)), ("ERR", (16, 12, 5, 3)), ("GROUPDQ", (16, 9, 5, 2))):
        for how in ("resized", "with_axes"):
            raw = edited(sound["dark"], extname, lambda p, how=how, axes=axes: getattr(p, how)(*axes))
            yield Case(f"{extname} {how} {axes}", file_name(CATALOGUE.spec("dark")), raw)
    draw = random.Random(3)
    bases = {DARK.name: DARK.read_bytes(), **{file_name(CATALOGUE.spec(p)): sound[p] for p in ("dark", "cal", "x1d")}}
    for number in range(MUTANTS):
        name, raw = draw.choice([*bases.items()])
        parts = split(raw)
        at = draw.randrange(len(parts))
        card = draw.randrange(len(parts[at].cards))
        changed = draw.choice([(), (other_value(parts[at].cards[card], draw),)])
        parts[at] = replace(parts[at], cards=(*parts[at].cards[:card], *changed, *parts[at].cards[card + 1 :]))
        yield Case(f"neighbour {number}", name, join(parts))


def lacking(raw, keyword):
    return edited(raw, "primary", lambda p: p.without_card(keyword))


def other_value(card, draw):
    """The card with a value of the same kind or of another."""
    return card[:10] + draw.choice([b"'OTHER   '", b"1", b"-1.5", b"T", b"'1.5.0   '", b"0", b"7", b" "]).ljust(70)


def whole_report(case):
    """All that the report of a case has, as JSON."""
    options = dict(case.options)
    report = check(case.raw, **options) if case.reads_data else judge_file(case.raw, case.name, **options)
    return msgspec.json.encode([report, report.to_dict()]).decode()


def main():
    source, target = map(Path, sys.argv[1:])
    with target.open("w") as out, NoMemo():
        for case in pickle.loads(source.read_bytes()):
            out.write(json.dumps([case.label, whole_report(case)]) + "\n")


if __name__ == "__main__":
    main()
