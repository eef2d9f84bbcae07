"""Remote files against their budget: one command prints the table.

    python benchmarks/remote.py [--files 64] [--objects 20000]

A dark of 300 MB and eight HDUs lies on an S3 server of this machine (SeaweedFS); a proxy, in a process of its own, delays
each connection and each request by 50 ms. The import of the client, requests and bytes of one file, and the time of many
with one and with more threads are printed; then, without delay, the rate over many small objects. The servers share the
processors with the client: CPU times are those of the client alone, wall times are upper bounds.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/helpers")]

import servers  # noqa: E402
from large import NAME, write_large  # noqa: E402
from shell import python  # noqa: E402

MIB = 2**20
DELAY = 0.05

RUN = """
import json, os, resource, sys, time
from jwstprod_check import check_many
urls, jobs = json.loads(sys.argv[1]), int(sys.argv[2])
begun, cpu = time.monotonic(), time.process_time()
requests = size = files = bad = 0
for report in check_many(urls, executor=jobs):
    files += 1
    bad += not report.conforming
    requests += report.remote.requests
    size += report.remote.bytes
print(json.dumps({
    "files": files, "bad": bad, "requests": requests, "bytes": size, "s": time.monotonic() - begun,
    "cpu": time.process_time() - cpu, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""

IMPORT = """
import time
begun = time.process_time()
import obstore, obstore.store
print(time.process_time() - begun)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=64, help="files of each timing behind the delay")
    parser.add_argument("--objects", type=int, default=20_000, help="small objects; 0 for none")
    parser.add_argument("--proxy", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.proxy:
        serve(options.proxy)
        return
    imported()
    with tempfile.TemporaryDirectory() as folder, servers.s3_server(Path(folder)) as s3:
        large(s3, Path(folder), options.files)
        if options.objects:
            small(s3, Path(folder), options.objects)


def imported() -> None:
    times = [float(python("-c", IMPORT).stdout) * 1000 for _ in range(5)]
    print(f"import of obstore: {min(times):.0f} ms CPU at best, {max(times):.0f} at worst of {len(times)}")


def large(s3: servers.S3, folder: Path, files: int) -> None:
    """One file, and many, behind the delay."""
    path = write_large(folder / NAME)
    url = s3.put(NAME, path)
    size = path.stat().st_size
    with Delayed(s3.port) as endpoint:
        for jobs, count in ((1, 1), (1, max(1, files // 8)), (8, files), (32, files * 2), (64, files * 4)):
            found = checked([url] * count, jobs, endpoint)
            each = found["bytes"] / count
            print(
                f"{size / 1e6:.0f} MB dark, {DELAY * 1000:.0f} ms, {jobs:2} threads, {count:4} files: "
                f"{found['requests'] / count:.1f} requests, {each / 1000:.0f} kB ({each / size:.3%}) a file, "
                f"{found['s'] / count * 1000:.0f} ms wall, {found['cpu'] / count * 1000:.1f} ms CPU a file, "
                f"{count / found['s']:.1f} files a second"
            )


def small(s3: servers.S3, folder: Path, count: int) -> None:
    """Many small objects below one prefix, by the command line."""
    import obstore

    python("-m", "jwstprod_check", "make", "dark", folder)
    (made,) = folder.glob("*guider1_dark.fits")
    raw = made.read_bytes()
    store = s3.store()
    begun = time.monotonic()
    for n in range(count):
        obstore.put(store, f"many/jw{n // 1000:05d}/jw01234001001_02103_{n % 100000:05d}_guider1_dark.fits", raw)
    print(f"{count} objects of {len(raw) / 1000:.0f} kB were written in {time.monotonic() - begun:.0f} s")
    command = ("-m", "jwstprod_check", "check", "--format", "ndjson", f"s3://{servers.OPEN}/many/")
    for jobs in (8, 32):
        begun, before = time.monotonic(), os.times()
        result = python(*command, "-j", jobs, AWS_ENDPOINT_URL=s3.url, NO_PROXY="127.0.0.1")
        took, after = time.monotonic() - begun, os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        summary = json.loads(result.stdout.splitlines()[-1])["summary"]
        traffic = summary["remote"]
        print(
            f"{summary['files']} objects, {jobs} threads, exit {result.returncode}: {took:.0f} s, "
            f"{summary['files'] / took:.0f} files a second, {cpu / count * 1000:.1f} ms CPU a file, "
            f"{traffic['requests'] / count:.2f} requests and {traffic['bytes'] / count / 1000:.1f} kB a file, "
            f"{summary['conforming']} conform"
        )


def checked(urls: list[str], jobs: int, endpoint: str) -> dict[str, float]:
    result = python("-c", RUN, json.dumps(urls), jobs, AWS_ENDPOINT_URL=endpoint, NO_PROXY="127.0.0.1")
    assert result.returncode == 0, result.stderr
    found: dict[str, float] = json.loads(result.stdout)
    return found


class Delayed:
    """The proxy of the tests in a process of its own."""

    def __init__(self, port: int) -> None:
        command = [sys.executable, __file__, "--proxy", str(port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


def serve(port: int) -> None:
    with servers.Proxy(port, latency=DELAY) as made:
        print(made.url, flush=True)
        time.sleep(3600)


if __name__ == "__main__":
    main()
