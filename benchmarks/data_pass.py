"""The data pass against its budget: one command prints the table.

    python benchmarks/data_pass.py [--runs 5] [--large 2048]

A dark of 400 MB with checksums is made by astropy and checked by `jwstprod check --data`, fitsverify and fitscheck, each in a
process of its own, in turn, so that a busy machine is busy for all. Peak memory is that of the process; what the pass
itself takes is the difference from a structure check of the same file. A larger file, sparse on disk, shows that the
memory does not grow with the file.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MIB = 2**20
NAME = "jw01234001001_02101_00001_nrca1_dark.fits"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="repetitions of each timing")
    parser.add_argument("--large", type=int, default=2048, help="MiB of the large file; 0 for none")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        make_dark(options.make)
        return
    with tempfile.TemporaryDirectory() as folder:
        # In a process of its own: a child's peak memory is never below that of its parent when it was started.
        dark = Path(folder) / NAME
        subprocess.run([sys.executable, __file__, "--make", str(dark)], check=True)
        print(f"dark with checksums: {dark.stat().st_size / MIB:.0f} MiB")
        compare(dark, options.runs)
        dark.unlink()
        if options.large:
            grow(Path(folder), options.large)


def make_dark(path: Path) -> None:
    """A dark of 2 integrations of 10 groups, full frame: SCI, PIXELDQ and GROUPDQ, some 416 MiB."""
    import numpy as np
    from astropy.io import fits

    draw = np.random.default_rng(1)
    group = draw.normal(100, 10, (2048, 2048)).astype(">f4")
    science = np.stack([np.stack([group + np.float32(g) for g in range(10)]) for _ in range(2)])
    primary = fits.PrimaryHDU()
    said = {"DATAMODL": "RampModel", "INSTRUME": "NIRCAM", "EXP_TYPE": "NRC_DARK", "NGROUPS": 10, "NINTS": 2}
    primary.header.update(said)
    hdus = [primary, fits.ImageHDU(science.astype(">f4"), name="SCI")]
    hdus.append(fits.ImageHDU(np.zeros((2048, 2048), "u4"), name="PIXELDQ"))
    hdus.append(fits.ImageHDU(np.zeros((2, 10, 2048, 2048), "u1"), name="GROUPDQ"))
    fits.HDUList(hdus).writeto(path, checksum=True)


def make_large(path: Path, mebibytes: int) -> Path:
    """A file of one float32 cube, NUL from its second plane on and sparse on disk."""
    planes = mebibytes // 16
    cards = [
        "SIMPLE  =                    T",
        "BITPIX  =                    8",
        "NAXIS   =                    0",
        "END",
    ]
    image = ["XTENSION= 'IMAGE   '", "BITPIX  =                  -32", "NAXIS   =                    3"]
    image += [f"NAXIS{n}  = {length:20}" for n, length in enumerate((2048, 2048, planes), 1)]
    image += ["PCOUNT  =                    0", "GCOUNT  =                    1", "EXTNAME = 'SCI     '", "END"]
    with path.open("wb") as file:
        for header in (cards, image):
            file.write("".join(c.ljust(80) for c in header).ljust(2880).encode())
        file.write(os.urandom(MIB))
        file.truncate(5760 + -(-planes * 2048 * 2048 * 4 // 2880) * 2880)
    return path


def ours(path: Path, *options: str) -> list[str]:
    beside = Path(sys.executable).with_name("jwstprod")
    start = [str(beside)] if beside.exists() else [sys.executable, "-m", "jwstprod_check"]
    return [*start, "check", *options, "--format", "ndjson", str(path)]


def measure(args: list[str]) -> tuple[float, float]:
    """Wall time in seconds and peak memory in MiB of a command, its output thrown away."""
    start = time.perf_counter()
    process = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    return time.perf_counter() - start, used.ru_maxrss / 1024


def compare(path: Path, runs: int) -> None:
    commands = {
        "jwstprod check --data": ours(path, "--data"),
        "jwstprod check": ours(path),
        "python -c 'import numpy'": [sys.executable, "-c", "import numpy"],
    }
    if shutil.which("fitsverify"):
        commands["fitsverify"] = ["fitsverify", "-q", str(path)]
    beside = Path(sys.executable).with_name("fitscheck")
    if beside.exists() or shutil.which("fitscheck"):
        commands["fitscheck"] = [str(beside) if beside.exists() else "fitscheck", str(path)]
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for args in commands.values():
        measure(args)
    for _ in range(runs):
        for name, args in commands.items():
            found[name].append(measure(args))
    walls = {name: statistics.median(wall for wall, _ in rows) for name, rows in found.items()}
    peaks = {name: max(peak for _, peak in rows) for name, rows in found.items()}
    for name in commands:
        print(f"{name:<26} {walls[name]:7.3f} s {peaks[name]:8.1f} MiB")
    data = walls["jwstprod check --data"]
    for other in ("fitsverify", "fitscheck"):
        if other in walls:
            budget = "  (at most 2)" if other == "fitsverify" else ""
            print(f"jwstprod --data / {other:<10} {data / walls[other]:6.2f}{budget}")
        else:
            print(f"{other} is not installed")
    extra = peaks["jwstprod check --data"] - peaks["jwstprod check"]
    print(f"memory over a structure check: {extra:.1f} MiB  (below 100)")


def grow(folder: Path, mebibytes: int) -> None:
    path = make_large(folder / NAME, mebibytes)
    wall, peak = measure(ours(path, "--data"))
    _, base = measure(ours(path))
    print(f"{mebibytes} MiB file: {wall:.2f} s, memory over a structure check {peak - base:.1f} MiB  (below 100)")


if __name__ == "__main__":
    main()
