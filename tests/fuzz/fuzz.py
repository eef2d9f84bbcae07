"""The mutation fuzzer: no exception escapes, no rule crashes, no file takes long, memory stays flat.

No report has a string that a terminal or a log acts on; no selection calls a file conforming in which a selected rule finds
an error; a file that conforms with all its data has no error for astropy and fitsverify (where installed).

    python tests/fuzz/fuzz.py [--count N | --seconds S] [--seed N] [--jobs N]

Deterministic in its cases: a failure prints seed and number, and ``--only NUMBER`` runs that case again.
Exit status 1 where anything failed.
"""

import argparse
import multiprocessing
import os
import random
import sys
import time
import traceback
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from mutate import mutated
from oracles import wrong_selection, wrong_text, wrong_verdict

SLOW = 2.0
"""Seconds of the processor for one case."""
GROWTH = 200 * 2**20
DATA_EVERY = 10
"""One case in so many is checked with all data too."""
ORACLE_EVERY = 2
"""Of the files that conform by their headers one in so many is read whole and shown to astropy and fitsverify."""
SELECT_EVERY = 5
"""One case in so many is checked with some rules selected or ignored too."""


def made() -> list[tuple[str, bytes]]:
    """Small conforming files with their products."""
    from jwstprod_check.make import make

    image = {"ncols": 8, "nrows": 4}
    ramp = {**image, "ngroups": 2, "nints": 2}
    return [
        ("dark", make("dark", symbols=ramp)),
        ("dark", make("dark", symbols=ramp, keywords={"INSTRUME": "MIRI"}, optional=("REFOUT",))),
        *((product, make(product, symbols=image)) for product in ("trapsfilled", "wfscmb")),
        *((product, make(product)) for product in ("cal", "x1d", "s3d", "ami-oi", "i2d")),
    ]


def seeds() -> list[bytes]:
    """Bytes of the small files."""
    return [raw for _, raw in made()]


def case(raw: bytes, number: int) -> str:
    """Check one file; return what is wrong with the checking, '' if nothing is."""
    from jwstprod_check import check

    # Time of the processor: a busy machine makes no file slow.
    start = time.process_time()
    try:
        # A warning that is printed beside the report is wrong too.
        warnings.simplefilter("error")
        report = check(raw, data=number % DATA_EVERY == 0)
        text = repr(report.to_dict())
    except Exception:
        return "escaped:\n" + traceback.format_exc()
    elapsed = time.process_time() - start
    crashed = [f.message for f in report.findings if f.code == "TOOL001"]
    if crashed:
        return "crashed: " + "; ".join(crashed)
    if elapsed > SLOW:
        return f"slow: {elapsed:.1f} s"
    if not text:
        return "no report"
    data = number % DATA_EVERY == 0
    whole = report if data or number % ORACLE_EVERY or not report.conforming else check(raw, data=True)
    wrong = wrong_text(report) or wrong_verdict(raw, whole)
    if not wrong and number % SELECT_EVERY == 0:
        wrong = wrong_selection(raw, report, random.Random(number), data=data)
    return wrong


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def work(args: tuple[int, int, int, int | None, float | None]) -> tuple[int, int, list[tuple[int, str]], int]:
    """Run every ``step``-th case from ``start``; return counts, failures and memory growth."""
    seed, start, step, count, limit = args
    files = seeds()
    failures: list[tuple[int, str]] = []
    bad = number = done = 0
    begun, first = time.monotonic(), 0
    number = start
    while (count is None or number < count) and (limit is None or time.monotonic() - begun < limit):
        wrong = case(mutated(files, seed, number), number)
        if wrong:
            failures.append((number, wrong))
            print(f"case {number}: {wrong}", file=sys.stderr, flush=True)
            if len(failures) >= 20:
                break
        done += 1
        bad += bool(wrong)
        if done == 500:
            first = resident()
        number += step
        if done % 10_000 == 0:
            print(f"{done} cases, {bad} bad, in {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return done, bad, failures, resident() - first if first else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, help="run one case and print its report")
    options = parser.parse_args()
    if options.only is not None:
        from jwstprod_check import check

        raw = mutated(seeds(), options.seed, options.only)
        print(case(raw, options.only) or check(raw, data=options.only % DATA_EVERY == 0))
        return 0
    if options.count is None and options.seconds is None:
        options.seconds = 60.0
    begun = time.monotonic()
    jobs = [(options.seed, n, options.jobs, options.count, options.seconds) for n in range(options.jobs)]
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        results = pool.map(work, jobs)
    done = sum(r[0] for r in results)
    growth = max(r[3] for r in results)
    elapsed = time.monotonic() - begun
    print(f"{done} mutated files in {elapsed:.0f} s with seed {options.seed}; memory grew by {growth / 2**20:.0f} MB")
    failures = [f for r in results for f in r[2]]
    for number, wrong in failures[:20]:
        print(f"case {number}: {wrong}")
    if growth > GROWTH:
        print(f"memory grew beyond {GROWTH / 2**20:.0f} MB")
    return int(bool(failures) or growth > GROWTH)


if __name__ == "__main__":
    sys.exit(main())
