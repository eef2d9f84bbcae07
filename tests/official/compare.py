"""Damages of the ASDF extension: what the official packages say of them, and what jwstprod says.

``python tests/official/compare.py PYTHON`` where PYTHON is the interpreter of an environment with stdatamodels, gwcs and asdf.
Exit status 1 where the official reader raises and jwstprod finds no error, unless ``REASONS`` says why.
"""

import gzip
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

HELPERS = Path(__file__).resolve().parent.parent / "helpers"
sys.path.insert(0, str(HELPERS))

from tree_damages import tree_damages  # noqa: E402

from jwstprod_check.api import check  # noqa: E402

NEWER = "releases add versions: what this release of the reader does not know another may, so it is a warning"
REASONS = {
    "#ASDF_STANDARD 9.0.0": NEWER,
    "unknown version of a step": NEWER,
    "unknown version of a frame": NEWER,
    "unknown version of a transform": NEWER,
    "block lz4": "readable where the lz4 package is installed, so it is a warning",
}
"""Damages at which the official reader raises and that are no error here, with why."""


def official_says(base, found):
    """The gravest that the official packages do: raise, strict, warn, wcs, arrays, values, nothing."""
    if found["raises"]:
        return "raise", found["raises"]
    if found["strict"] and found["strict"] != base["strict"]:
        return "strict", found["strict"]
    new = [w for w in found["warnings"] if w not in base["warnings"]]
    if new:
        return "warn", new[0]
    for kind, word in (("worlds", "wcs"), ("arrays", "arrays"), ("values", "values")):
        other = sorted(k for k in base[kind].keys() | found[kind].keys() if base[kind].get(k) != found[kind].get(k))
        if other:
            return word, f"{other[0]} is not as before"
    return "nothing", ""


def read_all(python, paths):
    script = str(HELPERS.parent / "official" / "read.py")
    done = subprocess.run([python, script], input="\n".join(paths) + "\n", capture_output=True, text=True, check=False)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    if len(found) != len(paths):
        raise SystemExit(f"the official reader stopped: {done.stderr[-2000:]}")
    return found


def codes_of(path):
    report = check(path, data=True)
    return {(f.code, f.severity.value, f.keyword) for f in report.findings if f.severity.value != "info"}


def main(python):
    damages = list(tree_damages())
    with tempfile.TemporaryDirectory() as folder:
        paths, bases = [], {}
        for i, damage in enumerate(damages):
            source = HELPERS.parent / "data" / damage.file
            raw = gzip.decompress(source.read_bytes()) if source.suffix == ".gz" else source.read_bytes()
            name = source.name.removesuffix(".gz")
            if damage.file not in bases:
                bases[damage.file] = Path(folder, f"base{len(bases)}", name)
                bases[damage.file].parent.mkdir()
                bases[damage.file].write_bytes(raw)
            paths.append(Path(folder, str(i), name))
            paths[-1].parent.mkdir()
            paths[-1].write_bytes(damage.apply(raw))
        files = [str(p) for p in (*bases.values(), *paths)]
        found = dict(zip(files, read_all(python, files), strict=True))
        before = {file: codes_of(str(path)) for file, path in bases.items()}
        rows, totals, bad = [], Counter(), 0
        for damage, path in zip(damages, paths, strict=True):
            base = found[str(bases[damage.file])]
            theirs, why = official_says(base, found[str(path)])
            new = codes_of(str(path)) - before[damage.file]
            errors = sorted({c for c, severity, _ in new if severity == "error"})
            ours = "error" if errors else "warning" if new else "nothing"
            totals[theirs, ours] += 1
            missed = theirs == "raise" and ours != "error" and damage.name not in REASONS
            bad += missed
            listed = ",".join(errors or sorted({c for c, _, _ in new}))
            rows.append(
                f"{damage.line} {damage.name:52} {theirs:8} {ours:8} {listed:16} {'!' if missed else ' '} {why}"
            )
    print("\n".join(rows))
    print()
    kinds = ("raise", "strict", "warn", "wcs", "arrays", "values", "nothing")
    print(f"{'official says':16}{'error':>8}{'warning':>8}{'nothing':>8}   (jwstprod says)")
    for kind in kinds:
        print(f"{kind:16}" + "".join(f"{totals[kind, ours]:8}" for ours in ("error", "warning", "nothing")))
    print(f"{len(damages)} damages, {bad} at which only the official reader stops")
    for name, why in REASONS.items():
        print(f"  {name}: {why}")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
