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


def test_seeds_conform():
    from jwstprod_check import check

    assert [product for product, raw in made() if not check(raw, product=product).conforming] == []
