"""Many files, and their whole reports: with what the program remembers, and in a process that remembers nothing.

    python tests/helpers/reports.py CASES REPORTS

judges the pickled cases of one file and writes their reports to another, one JSON document a line.
"""

import json
import pickle
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(p) for p in (HERE, HERE.parent / "fuzz") if str(p) not in sys.path]

import msgspec  # noqa: E402
from builders import split  # noqa: E402
from damages import DAMAGES  # noqa: E402
from fits_faults import FAULTS, GOOD, OTHERS  # noqa: E402
from judging import CATALOGUE, DARK, DATA, judge_file, raw_of  # noqa: E402
from mutate import mutated  # noqa: E402

from jwstprod_check import check  # noqa: E402
from jwstprod_check.make import file_name, make  # noqa: E402

MUTANTS = 300


class Case(msgspec.Struct, frozen=True):
    """A file by its bytes and its name, and how it is checked."""

    label: str
    name: str
    raw: bytes
    options: tuple[tuple[str, bool], ...] = ()

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
    seeds = [*sound.values(), DARK.read_bytes(), GOOD]
    for number in range(MUTANTS):
        yield Case(f"mutant {number}", DARK.name, mutated(seeds, 8, number))


def whole_report(case):
    """All that the report of a case has, as JSON."""
    options = dict(case.options)
    report = check(case.raw, **options) if case.reads_data else judge_file(case.raw, case.name, **options)
    return msgspec.json.encode([report, report.to_dict()]).decode()


def main():
    source, target = map(Path, sys.argv[1:])
    with target.open("w") as out:
        for case in pickle.loads(source.read_bytes()):
            out.write(json.dumps([case.label, whole_report(case)]) + "\n")


if __name__ == "__main__":
    main()
