"""Broken headers, one fault each, judged by ``fitsverify`` and by jwstprod, side by side.

    python benchmarks/fitsverify_parity.py [--quiet] [FITSVERIFY]

For each fault the table says the number of the check in fitsverify's list, what fitsverify says (E error, W warning, -
nothing), the codes of jwstprod, and the first line of fitsverify's complaint. Exit 1 if fitsverify reports an error
where jwstprod says nothing and no reason is recorded.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

from fits_faults import FAULTS, GOOD, OTHERS  # noqa: E402

from jwstprod_check import check  # noqa: E402

REASONS: dict[str, str] = {}
"""Faults that fitsverify calls an error and jwstprod leaves alone, and why."""

NO_PRODUCT = ("PROD001",)
"""What jwstprod says of all these files, because they are no product."""


def ask_fitsverify(program: str, path: Path) -> tuple[str, str]:
    """Return E, W or -, and the first complaint."""
    done = subprocess.run([program, "-H", str(path)], capture_output=True, check=False)
    lines = (done.stdout + done.stderr).decode("latin-1").splitlines()
    for letter, mark in (("E", "*** Error"), ("W", "*** Warning")):
        for i, line in enumerate(lines):
            if line.startswith(mark):
                rest = line + " " + (lines[i + 1].strip() if i + 1 < len(lines) else "")
                return letter, " ".join(rest.partition(":")[2].split())
    if any("verification failed" in line or "Fatal" in line or "abort" in line.lower() for line in lines):
        return "E", lines[-1]
    return "-", ""


def main() -> int:
    arguments = [a for a in sys.argv[1:] if a != "--quiet"]
    program = arguments[0] if arguments else "fitsverify"
    said: Counter[tuple[str, str]] = Counter()
    unexplained = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "broken.fits"
        path.write_bytes(GOOD)
        if ask_fitsverify(program, path) != ("-", ""):
            sys.exit(f"{program} does not take the sound file for sound")
        for fault in sorted((*FAULTS, *OTHERS), key=lambda f: (f.item or 999, f.name)):
            path.write_bytes(fault.raw)
            verdict, complaint = ask_fitsverify(program, path)
            findings = [f for f in check(path).findings if f.code not in NO_PRODUCT]
            ours = "E" if any(f.severity == "error" for f in findings) else "W" if findings else "-"
            said[verdict, ours] += 1
            if verdict == "E" and ours == "-" and fault.name not in REASONS:
                unexplained.append(fault.name)
            if "--quiet" not in sys.argv:
                codes = " ".join(sorted({f.code + ("" if f.severity == "error" else "w") for f in findings}))
                reason = f"[{REASONS[fault.name]}] " if fault.name in REASONS else ""
                print(f"{fault.item or '':>4} {fault.name:<34.34} {verdict} {codes:<18.18} {reason}{complaint[:90]}")
    print(f"\n{said.total()} faults      jwstprod:  error  warning  nothing")
    for verdict, words in (("E", "error"), ("W", "warning"), ("-", "nothing")):
        counts = "".join(f"{said[verdict, ours]:>9}" for ours in "EW-")
        print(f"fitsverify {words:<12} {counts}")
    for name in unexplained:
        print(f"fitsverify calls an error what jwstprod leaves alone: {name}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
