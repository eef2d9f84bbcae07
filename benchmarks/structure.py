"""Structure checks against their budgets: one command prints the table.

    python benchmarks/structure.py [--files 1000] [--keep DIR]

Every figure is a ratio of two measurements made in this run, because machines differ and are busy: cold start,
cost of one more file, a 2 GB file beside a 2 MB one, memory over many files. Peers are measured where they are
installed: astropy always, fitsverify and stdatamodels if they are there; what is missing is said.
"""

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DATA = Path(__file__).parents[1] / "tests" / "data" / "good"
CARDS = 240
BLOCK = 2880


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000, help="files of the run over many")
    parser.add_argument("--memory-files", type=int, default=20_000, help="files of the memory run")
    parser.add_argument("--runs", type=int, default=5, help="repetitions of each timing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [*cold_start(options.runs), *per_file(Path(folder), options), *big_file(Path(folder), options.runs)]
        rows += memory(Path(folder), options.memory_files)
    width = max(len(r[0]) for r in rows)
    for what, value, budget in rows:
        print(f"{what:<{width}}  {value:>22}  {budget}")


def command() -> list[str]:
    beside = Path(sys.executable).with_name("jwstprod")
    return [str(beside)] if beside.exists() else [sys.executable, "-m", "jwstprod_check"]


def seconds(args: list[str], runs: int) -> float:
    """Median wall time of a command, its output thrown away."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def sample() -> bytes:
    """A real dark with ZEROFRAME, its primary stretched to 240 cards."""
    path = next(p for p in sorted(DATA.rglob("*02104*dark.fits*")))
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    end = next(i for i in range(0, len(raw), 80) if raw[i : i + 8] == b"END     ")
    header_end = -(-(end + 80) // BLOCK) * BLOCK
    cards = [raw[i : i + 80] for i in range(0, end, 80)]
    more = range(CARDS - len(cards) - 1)
    cards += [f"ENG{n:05d}= {n * 1.5:20.6f} / engineering value {n}".ljust(80).encode() for n in more]
    header = b"".join(cards) + b"END".ljust(80)
    return header.ljust(-(-len(header) // BLOCK) * BLOCK) + raw[header_end:]


def distinct(raw: bytes, number: int) -> bytes:
    """The same file as another exposure: 30 cards of its primary and SCI differ."""
    replaced = raw
    for n in range(30):
        old = f"ENG{n:05d}= {n * 1.5:20.6f}".encode()
        replaced = replaced.replace(old, f"ENG{n:05d}= {number + n * 1.5:20.6f}".encode(), 1)
    return replaced.replace(b"XPOSURE =             107.3677", f"XPOSURE = {100 + number / 1000:20.4f}".encode(), 1)


def cold_start(runs: int) -> list[tuple[str, str, str]]:
    path = str(next(p for p in sorted(DATA.rglob("*_dark.fits"))))
    ours = seconds([*command(), "check", path], runs * 3)
    astropy = seconds([sys.executable, "-c", "from astropy.io import fits"], runs * 3)
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "jwstprod_check", "check", path],
        capture_output=True,
        text=True,
        check=False,
    ).stderr
    heavy = [m for m in ("astropy", "numpy", "rich") if f" {m}\n" in loaded]
    return [
        ("cold start, one file, piped", f"{ours * 1e3:.0f} ms", ""),
        ("  against importing astropy.io.fits", f"{ours / astropy:.3f} x", "budget 0.25 x"),
        ("  heavy packages imported", ", ".join(heavy) or "none", "budget none"),
    ]


def per_file(folder: Path, options: argparse.Namespace) -> list[tuple[str, str, str]]:
    raw = sample()
    many, one = folder / "many", folder / "one"
    many.mkdir()
    one.mkdir()
    for n in range(options.files):
        (many / f"jw01234001001_02104_{n:05d}_nrca1_dark.fits").write_bytes(distinct(raw, n))
    shutil.copy(next(many.iterdir()), one)
    files = sorted(map(str, many.iterdir()))

    def marginal(args: list[str], single: list[str]) -> float:
        return (seconds(args, options.runs) - seconds(single, options.runs)) / (len(files) - 1)

    ours = marginal([*command(), "check", str(many)], [*command(), "check", str(one)])
    two = [*command(), "check", "--jobs", "2"]
    whole, more = seconds([*two, str(many)], options.runs) / len(files), marginal([*two, str(many)], [*two, str(one)])
    walk = (
        "import sys, time\nfrom astropy.io import fits\nstart = time.perf_counter()\n"
        "for path in sys.argv[1:]:\n    with fits.open(path) as hdus:\n        for hdu in hdus:\n            hdu.header\n"
        "print(time.perf_counter() - start)"
    )
    astropy = statistics.median(
        float(subprocess.run([sys.executable, "-c", walk, *files], capture_output=True, text=True, check=True).stdout)
        for _ in range(options.runs)
    ) / len(files)
    rows = [
        ("one more file, one process", f"{ours * 1e3:.3f} ms", f"{options.files} distinct files, {CARDS}-card primary"),
        ("  astropy open and walk of headers", f"{astropy / ours:.1f} x ours", "budget at least 5 x"),
    ]
    rows.append(data_models(files[:20], ours))
    if shutil.which("fitsverify") is None:
        return [*rows, ("  fitsverify", "not installed", "")]
    peer = marginal(["fitsverify", "-q", *files], ["fitsverify", "-q", files[0]])
    peer_whole = seconds(["fitsverify", "-q", *files], options.runs) / len(files)
    return [
        *rows,
        ("  ours against fitsverify", f"{ours / peer:.2f} x", f"budget 1.5 x (fitsverify {peer * 1e3:.3f} ms)"),
        ("  ours with --jobs 2", f"{more / peer:.2f} x", "budget below 1 x fitsverify"),
        ("  ours with --jobs 2, start included", f"{whole / peer_whole:.2f} x", ""),
    ]


def data_models(files: list[str], ours: float) -> tuple[str, str, str]:
    """Time to open each file with the pipeline's data models, which read no array until asked."""
    what = "  stdatamodels open"
    script = (
        "import sys, time\nfrom stdatamodels.jwst import datamodels\n"
        "def look(path):\n    with datamodels.open(path) as model:\n        model.meta.instrument.name\n"
        "look(sys.argv[1])\nstart = time.perf_counter()\nfor path in sys.argv[1:]:\n    look(path)\n"
        "print(time.perf_counter() - start)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, *files], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return what, "not installed" if "No module named 'stdatamodels'" in done.stderr else "failed", ""
    return what, f"{float(done.stdout.split()[-1]) / len(files) / ours:.0f} x ours", ""


def big_file(folder: Path, runs: int) -> list[tuple[str, str, str]]:
    """A file of 2 GB beside one of 2 MB that differs in nothing but its SCI array, a hole so that headers alone are on disk."""
    small, big = (folder / f"jw01234001001_02104_0000{n}_nrca1_dark.fits" for n in (1, 2))
    make = (
        "import sys\nimport numpy as np\nfrom astropy.io import fits\n"
        "hdus = fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(np.zeros((2, 2), 'f4'), name='SCI')])\n"
        "header = fits.Header(hdus[1].header)\n"
        "header['NAXIS1'], header['NAXIS2'], header['DATASUM'] = int(sys.argv[2]), int(sys.argv[3]), '0'\n"
        "with open(sys.argv[1], 'wb') as out:\n"
        "    out.write(hdus[0].header.tostring().encode() + header.tostring().encode())\n"
        "    out.truncate(out.tell() + -(-header['NAXIS1'] * header['NAXIS2'] * 4 // 2880) * 2880)\n"
    )
    for path, axes in ((small, ("512", "1024")), (big, ("16384", "32768"))):
        subprocess.run([sys.executable, "-c", make, str(path), *axes], check=True)
    ours_small = seconds([*command(), "check", str(small)], runs * 2)
    ours_big = seconds([*command(), "check", str(big)], runs * 2)
    rows = [("2 GB file against 2 MB file", f"{ours_big / ours_small:.2f} x", "budget the same time")]
    inside = (
        "import sys, time\nfrom jwstprod_check import check\n"
        "check(sys.argv[1])\nstart = time.perf_counter()\nfor _ in range(20):\n    check(sys.argv[1])\n"
        "print((time.perf_counter() - start) / 20)"
    )
    cost = float(
        subprocess.run([sys.executable, "-c", inside, str(big)], capture_output=True, text=True, check=True).stdout
    )
    if shutil.which("fitsverify"):
        peer = seconds(["fitsverify", "-q", str(big)], max(1, runs // 2))
        rows.append(
            ("  marginal cost against fitsverify", f"1/{peer / cost:.0f}", f"budget 1/100 ({cost * 1e3:.2f} ms)")
        )
    return rows


def memory(folder: Path, files: int) -> list[tuple[str, str, str]]:
    """Growth of the resident set between the first 1,000 files and the last, one file linked many times."""
    many = folder / "links"
    many.mkdir()
    target = folder / "sample.fits"
    target.write_bytes(sample())
    for n in range(files):
        os.link(target, many / f"jw01234001001_02104_{n:05d}_nrca1_dark.fits")
    script = (
        "import json, sys\nfrom jwstprod_check.config import Options\n"
        "from jwstprod_check.report.json import NdjsonReporter\nfrom jwstprod_check.run.executor import run\n"
        "from jwstprod_check.storage.paths import expand\n"
        "def resident():\n    return int(open('/proc/self/statm').read().split()[1]) * 4096\n"
        "reporter = NdjsonReporter(open('/dev/null', 'w'))\nfirst = 0\n"
        "for n, report in enumerate(run(expand([sys.argv[1]]), Options())):\n"
        "    reporter.add(report)\n    if n == 1000:\n        first = resident()\n"
        "print(json.dumps([first, resident()]))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(many)], capture_output=True, text=True, check=True)
    first, last = json.loads(done.stdout)
    return [
        (f"memory growth over {files} files", f"{(last - first) / 2**20:.1f} MB", "budget 20 MB after the first 1,000")
    ]


if __name__ == "__main__":
    main()
