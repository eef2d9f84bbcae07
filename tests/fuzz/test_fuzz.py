"""A short seeded run of the mutation fuzzer; ``tests/fuzz/fuzz.py`` runs as long as it is told to."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fuzz import case, made, seeds
from mutate import mutated


def test_no_mutated_file_escapes_crashes_or_hangs():
    files = seeds()
    failures = {n: wrong for n in range(400) if (wrong := case(mutated(files, 1, n), n))}
    assert failures == {}


def test_the_oracles_see_what_is_wrong():
    """A report that says too much is noticed."""
    import random

    import msgspec
    from oracles import FITSVERIFY, wrong_selection, wrong_text, wrong_verdict

    from jwstprod_check import check

    (_, good), *_ = made()
    report = check(good, data=True)
    assert wrong_verdict(good, report) == wrong_text(report) == wrong_selection(good, report, random.Random(1)) == ""
    cut = good[:-1]
    assert wrong_verdict(cut, report).startswith("conforming, but astropy")
    if FITSVERIFY is not None:
        assert wrong_verdict(
            good.replace(b"PCOUNT  =                    0", b"PCOUNT  =                    1", 1), report
        )
    unsafe = msgspec.structs.replace(report, product="::error::")
    assert "unsafe in the report" in wrong_text(unsafe)
    missing = check(good.replace(b"'SCI     '", b"'SCX     '", 1))
    assert "but" in wrong_selection(good, missing, random.Random(1))


def test_seeds_conform():
    from jwstprod_check import check

    assert [product for product, raw in made() if not check(raw, product=product).conforming] == []
