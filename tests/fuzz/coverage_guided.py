"""The coverage-guided fuzzer: libFuzzer changes small files so that ever new lines of the package are reached.

    pip install atheris
    python tests/fuzz/coverage_guided.py [FOLDER] [-max_total_time=600] [other options of libFuzzer]

FOLDER keeps what it has found interesting, for the next run. A file that is checked wrongly stops it and is written to
the current folder. ``fuzz.py`` needs no other package, and is what CI runs.
"""

import sys
import tempfile
from pathlib import Path

import atheris

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

with atheris.instrument_imports(include=["jwstprod_check"]):
    import jwstprod_check.api
    import jwstprod_check.rules
    import jwstprod_check.scan.run

    jwstprod_check.rules.all_rules()

from fuzz import case, seeds  # noqa: E402
from mutate import NAMES  # noqa: E402

LONGEST = 40_000
"""Bytes of the largest file that is tried."""


def look(data: bytes) -> None:
    """Check one file; whatever is wrong with the checking stops the fuzzer."""
    wrong = case(data, int.from_bytes(data[-1:] or b"\1", "big") % 10)
    if wrong:
        raise AssertionError(wrong)


def main() -> None:
    folders = [a for a in sys.argv[1:] if not a.startswith("-")]
    with tempfile.TemporaryDirectory() as temporary:
        start, words = Path(temporary) / "seeds", Path(temporary) / "words"
        start.mkdir()
        for number, raw in enumerate(raw for raw in seeds() if len(raw) <= LONGEST):
            (start / str(number)).write_bytes(raw)
        words.write_text("".join(f'"{name.decode():<8}= "\n' for name in NAMES))
        options = [a for a in sys.argv[1:] if a.startswith("-")]
        atheris.Setup(
            [
                sys.argv[0],
                *(folders or [str(start)]),
                *([str(start)] if folders else []),
                f"-dict={words}",
                f"-max_len={LONGEST}",
                "-timeout=20",
                "-rss_limit_mb=1000",
                *options,
            ],
            look,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
