"""Builds the page that checks files in the browser: ``python3 web/build.py [FOLDER]``, by default ``web/dist``.

It takes Python for WebAssembly (Pyodide) from npm and msgspec from the Python package index, both at the versions and digests of
``package-lock.json`` and ``requirements.txt``, and the package of this checkout. What is large is compressed here, so that the page
is small from any static server.
"""

import gzip
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

WEB: Final = Path(__file__).resolve().parent
ROOT: Final = WEB.parent
PARTS: Final = ROOT / "jwstprod_check" / "report" / "page"

PLATFORM: Final = (
    "--python-version",
    "3.14",
    "--implementation",
    "cp",
    "--abi",
    "cp314",
    "--platform",
    "pyemscripten_2026_0_wasm32",
)
"""What the wheels of Pyodide are tagged with; to be changed with its version."""

UNUSED: Final = re.compile(
    r"(_pyrepl|ctypes|email|http|idlelib|lib2to3|multiprocessing|pydoc_data|sqlite3|turtledemo|unittest|wsgiref|xml|xmlrpc)/"
    r"|(_pydatetime|_pyio|argparse|doctest|ftplib|imaplib|mailbox|optparse|pdb|pickletools|poplib|pydoc|smtplib|statistics|tarfile|turtle)\.py"
    r"|(bdb|calendar|configparser|fileinput|gettext|mimetypes|modulefinder|plistlib|profile|pstats|socketserver|trace|wave)\.py"
    r"|logging/(config|handlers)\.py|asyncio/(windows_events|proactor_events)\.py|urllib/(request|robotparser)\.py"
    r"|encodings/(big5|cp(?!437)|euc|gb|hp|iso|johab|koi8|kz|mac|palmos|ptcp|shift|tis)"
    r"|jwstprod_check/(cli|compare|maintain|make|preview|specs)/"
    r"|[^/]+\.dist-info/(METADATA|RECORD)"
)
"""Members of Python's library and of the package that no check imports; the specs are packed in one file beside them."""

POLICY: Final = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; form-action 'none'"
)
"""Nothing is loaded from elsewhere, no script runs that is not a file of the page, nothing is sent anywhere else."""

LIMIT: Final = 8_000_000
"""Bytes that the page may send; more ends the build with an error."""


def main() -> int:
    """Build the page and print its size."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else WEB / "dist")
    if target.exists() and any(target.iterdir()) and not (target / "sw.js").exists():
        print(f"{target} is not empty and has no page in it", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        files = page(Path(name))
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, content in files.items():
        (target / name).write_bytes(content)
    sent = sum(len(gzip.compress(content, 9)) for content in files.values())
    print(f"{target}: {len(files)} files, {sum(map(len, files.values())):,} bytes, {sent:,} compressed in transfer")
    if sum(map(len, files.values())) > LIMIT:
        print(f"the page is larger than {LIMIT:,} bytes", file=sys.stderr)
        return 1
    return 0


def page(work: Path) -> dict[str, bytes]:
    """Return the files of the page by name."""
    pyodide = fetch_pyodide(work)
    library, packages = compiled(pyodide, solid([pyodide / "python_stdlib.zip"]), solid(fetch_wheels(work)))
    files = {name: (WEB / "src" / name).read_bytes() for name in ("app.js", "engine.js", "worker.js", "icon.svg")}
    files |= {name: (pyodide / name).read_bytes() for name in ("pyodide.mjs", "pyodide.asm.mjs")}
    files["pyodide-lock.json"] = without_packages(pyodide / "pyodide-lock.json")
    files["python.bin"] = packed((pyodide / "pyodide.asm.wasm").read_bytes())
    files["library.bin"] = packed(library)
    files["packages.bin"] = packed(packages)
    files["list.js"] = (PARTS / "list.js").read_bytes()
    files["page.css"] = (PARTS / "page.css").read_bytes() + (WEB / "src" / "app.css").read_bytes()
    index = (WEB / "src" / "index.html").read_text(encoding="utf-8")
    listed = (PARTS / "page.html").read_text(encoding="utf-8")
    files["index.html"] = index.replace("@LIST@", listed).replace("@POLICY@", POLICY).encode()
    files["sw.js"] = service_worker(files)
    return files


def fetch_pyodide(work: Path) -> Path:
    """Install what the lock file of npm names and return the folder of Pyodide."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(WEB / name, work)
    run("npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(work))
    return work / "node_modules" / "pyodide"


def fetch_wheels(work: Path) -> list[Path]:
    """Download msgspec for WebAssembly and build the wheel of this checkout; return both."""
    target = work / "wheels"
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    locked = ("--no-deps", "--only-binary=:all:", "--require-hashes", "--requirement", str(WEB / "requirements.txt"))
    run(*pip, "download", *locked, *PLATFORM, "--dest", str(target))
    run(*pip, "wheel", "--no-deps", "--wheel-dir", str(target), str(ROOT))
    return sorted(target.glob("*.whl"))


def compiled(pyodide: Path, library: bytes, packages: bytes) -> tuple[bytes, bytes]:
    """Return Python's library and the packages with the modules that a check imports as compiled by Pyodide itself."""
    places = pyodide / "library.zip", pyodide / "packages.zip"
    for place, content in zip(places, (library, packages), strict=True):
        place.write_bytes(content)
    run("node", str(WEB / "compile.mjs"), str(pyodide))
    return places[0].read_bytes(), places[1].read_bytes()


def run(*command: str) -> None:
    """Run a program; its failure ends the build."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def without_packages(lock: Path) -> bytes:
    """Return the lock file of Pyodide without the packages of its distribution, none of which is used."""
    return json.dumps({"info": json.loads(lock.read_bytes())["info"], "packages": {}}).encode()


def solid(archives: Iterable[Path]) -> bytes:
    """Return zip files as one whose members are not compressed one by one: together they become smaller, and load faster."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as whole:
        for archive in archives:
            with zipfile.ZipFile(archive) as part:
                for name in sorted(name for name in part.namelist() if not UNUSED.match(name)):
                    whole.writestr(zipfile.ZipInfo(name), part.read(name))
    return stream.getvalue()


def packed(content: bytes) -> bytes:
    """Return content as gzip, the same for the same content."""
    return gzip.compress(content, 9, mtime=0)


def service_worker(files: dict[str, bytes]) -> bytes:
    """Return the service worker, which names all files of the page and changes with each of them."""
    text = (WEB / "src" / "sw.js").read_text(encoding="utf-8")
    digest = sha256(text.encode() + b"".join(name.encode() + content for name, content in sorted(files.items())))
    names = ", ".join(json.dumps(name) for name in ("./", *sorted(files)))
    text = text.replace("/*FILES*/", names).replace("@POLICY@", POLICY)
    return text.replace("@VERSION@", f"jwstprod-{digest.hexdigest()[:16]}").encode()


if __name__ == "__main__":
    sys.exit(main())
