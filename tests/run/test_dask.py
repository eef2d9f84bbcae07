"""A Dask cluster gives what one process gives, whatever dies; reports of another version or other specs are never mixed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from consumers import module
from dask_cluster import PATIENCE, Cluster
from judging import CATALOGUE, DATA
from made_files import make
from shell import ROOT, shell

from jwstprod_check.config import Options
from jwstprod_check.make import file_name
from jwstprod_check.run import dask
from jwstprod_check.run.dask import Dask
from jwstprod_check.run.elsewhere import Tasks
from jwstprod_check.run.seam import CutError

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found in /proc")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with Cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


def files(folder, count):
    """A delivery of dark exposures, one in ten of them truncated."""
    folder.mkdir()
    for n in range(count):
        (folder / NAME.replace("00001", f"{n:05d}")).write_bytes(RAW if n % 10 else RAW[:-3000])
    return folder


def report(text):
    """The lines of a report without the paths' folder."""
    return [json.loads(line) for line in text.splitlines()]


def alone(folder, *options, name="alone.ndjson"):
    """The report of one process."""
    out = folder.parent / name
    done = shell("check", folder, "--jobs", 1, "--format", f"ndjson={out}", *options)
    assert done.returncode in (0, 1), done.stderr
    return out.read_bytes()


def started(*args, cwd=None):
    """The command line in a process that can be watched."""
    return subprocess.Popen(
        [sys.executable, "-m", "jwstprod_check", *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def wait_for_reports(record, size):
    end = time.monotonic() + PATIENCE
    while not record.exists() or record.stat().st_size < size:
        assert time.monotonic() < end, "no reports come"
        time.sleep(0.02)


def test_a_cluster_gives_byte_for_byte_what_one_process_gives(cluster, tmp_path):
    folder = files(tmp_path / "d", 150)
    out = tmp_path / "dask.ndjson"
    done = shell("check", folder, "--dask", cluster.address, "--format", f"ndjson={out}")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[-1].startswith("150 files checked (structure): 135 conform, 15 do not")
    assert out.read_bytes() == alone(folder)
    assert not (tmp_path / "dask.ndjson.resume").exists()


def test_real_files_with_data_and_a_scheduler_file(cluster, tmp_path):
    out = tmp_path / "dask.ndjson"
    done = shell("check", DATA, "--data", "--dask", cluster.file, "--format", f"ndjson={out}")
    assert (done.returncode, done.stderr) in ((0, ""), (1, ""))
    plain = tmp_path / "alone.ndjson"
    shell("check", DATA, "--data", "--jobs", 1, "--format", f"ndjson={plain}")
    assert out.read_bytes() == plain.read_bytes()


def test_relative_paths_config_and_baseline_mean_what_they_mean_here(cluster, tmp_path):
    folder = files(tmp_path / "d", 40)
    (tmp_path / "jwstprod.toml").write_text(
        'exclude = ["d/*_dark.fits", "!d/*0000[0-5]_*_dark.fits"]\n'
        '[[ignore]]\ncode = "FILE005"\nreason = "known"\npaths = ["d/*00000_*"]\n'
    )
    texts = {}
    for name, how in (("alone", ("--jobs", 1)), ("dask", ("--dask", cluster.address))):
        done = started(
            "check", folder.name, *how, "--format", "ndjson", "--write-baseline", f"{name}.json", cwd=tmp_path
        )
        texts[name] = done.communicate(timeout=PATIENCE)
        assert json.loads((tmp_path / f"{name}.json").read_text())["schema"] == "jwstprod-baseline/1"
    assert texts["alone"] == texts["dask"]
    lines = report(texts["dask"][0])
    assert lines[0]["path"].startswith("d/")
    assert lines[-1]["summary"]["left_out"] > 0
    assert (tmp_path / "alone.json").read_bytes() == (tmp_path / "dask.json").read_bytes()


def test_own_specs_are_read_by_the_workers_from_the_same_folder(cluster, tmp_path):
    files(tmp_path / "d", 12)
    own = tmp_path / "specs"
    own.mkdir()
    shutil.copy(ROOT / "specs" / "dark.yaml", own)
    out = tmp_path / "dask.ndjson"
    done = started(
        "check", "d", "--specs", "specs", "--dask", cluster.address, "--format", f"ndjson={out}", cwd=tmp_path
    )
    assert done.communicate(timeout=PATIENCE)[1] == ""
    plain = tmp_path / "plain.ndjson"
    started("check", "d", "--specs", "specs", "--jobs", 1, "--format", f"ndjson={plain}", cwd=tmp_path).communicate(
        timeout=PATIENCE
    )
    assert out.read_bytes() == plain.read_bytes()


def test_a_worker_that_is_killed_in_mid_run_costs_no_file(tmp_path):
    folder = files(tmp_path / "d", 400)
    out = tmp_path / "dask.ndjson"
    with Cluster(tmp_path, slow=0.01) as cluster:
        run = started("check", folder, "--dask", cluster.address, "--format", f"ndjson={out}")
        wait_for_reports(tmp_path / "dask.ndjson.resume", 20_000)
        cluster.kill_a_worker()
        _, said = run.communicate(timeout=PATIENCE * 2)
    assert (run.returncode, said) == (1, "")
    assert out.read_bytes() == alone(folder)


def test_a_file_that_kills_its_workers_is_unverified_and_the_others_are_checked(tmp_path):
    folder = files(tmp_path / "d", 60)
    deadly = NAME.replace("00001", "00033")
    out = tmp_path / "dask.ndjson"
    with Cluster(tmp_path, deadly=deadly) as cluster:
        done = shell("check", folder, "--dask", cluster.address, "--format", f"ndjson={out}")
    assert (done.returncode, done.stderr) == (1, "")
    found, plain = report(out.read_text())[:-1], report(alone(folder))[:-1]
    different = [a for a, b in zip(found, plain, strict=True) if a != b]
    (killer,) = different
    assert killer["path"].endswith(deadly)
    assert killer["verdict"] == "unverified"
    (finding,) = killer["findings"]
    assert finding["code"] == "TOOL002"
    assert finding["message"] == "the file cannot be read: each worker that checked it died"


def test_a_scheduler_that_is_lost_ends_the_run_and_resume_goes_on(tmp_path):
    folder = files(tmp_path / "d", 400)
    out = tmp_path / "dask.ndjson"
    with Cluster(tmp_path, slow=0.01) as cluster:
        run = started("check", folder, "--dask", cluster.address, "--format", f"ndjson={out}")
        wait_for_reports(tmp_path / "dask.ndjson.resume", 20_000)
        cluster.scheduler.kill()
        before = time.monotonic()
        text, said = run.communicate(timeout=PATIENCE)
        assert time.monotonic() - before < 20
    assert run.returncode == 2
    assert said == (
        f"Error: the Dask scheduler at {cluster.address} was lost; what is done is written, and --resume {out} "
        "with the same arguments goes on\n"
    )
    assert text.splitlines()[-1].endswith("the run was ended before its last file")
    written = out.read_bytes()
    whole = alone(folder)
    assert 0 < written.count(b"\n") < 400
    assert whole.startswith(written)
    done = shell("check", folder, "--jobs", 1, "--resume", out)
    assert (done.returncode, done.stderr) == (1, "")
    assert out.read_bytes() == whole


def test_a_cluster_without_workers_is_given_up(tmp_path, monkeypatch):
    folder = files(tmp_path / "d", 400)
    monkeypatch.setattr("jwstprod_check.run.dask.WORKERS", 3)
    monkeypatch.setattr("jwstprod_check.run.dask.COUNT_EVERY", 1)
    with Cluster(tmp_path, slow=0.01) as cluster:
        reports = Dask(cluster.address).run(sorted(map(str, folder.iterdir())), Options(), None)
        assert next(reports).path.startswith(str(folder))
        for worker in cluster.workers:
            os.killpg(worker.pid, signal.SIGKILL)
        with pytest.raises(CutError, match=r"has had no worker for 3 seconds"):
            list(reports)


def test_reports_that_die_with_their_worker_before_they_are_fetched_are_not_waited_for(tmp_path, monkeypatch):
    """A task that is done is not done any more when the worker that has its reports dies."""
    paths = sorted(map(str, files(tmp_path / "d", 3).iterdir()))
    monkeypatch.setattr(dask, "WORKERS", 3)
    monkeypatch.setattr(dask, "COUNT_EVERY", 1)
    with Cluster(tmp_path) as cluster, dask._connected(cluster.address) as client:
        run = dask._Cluster(client, cluster.address, Options(), Tasks(Options(), None))
        future = run._submit(paths)
        run._wait_for(future)
        assert future.done()
        for worker in cluster.workers:
            os.killpg(worker.pid, signal.SIGKILL)
        with pytest.raises(CutError, match=r"has had no worker for 3 seconds"):
            run._result(future)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("version", "a worker has version 99.0 of jwstprod, here it is "),
        ("module", "a worker has other modules of jwstprod "),
        ("specs", "a worker has other specs: reports of both are not mixed"),
    ],
)
def test_a_worker_with_another_program_is_refused(tmp_path, change, message):
    other = tmp_path / "other"
    shutil.copytree(ROOT / "jwstprod_check", other / "jwstprod_check", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "specs", other / "specs")
    if change == "version":
        init = other / "jwstprod_check" / "__init__.py"
        init.write_text(init.read_text().replace('__version__ = "', '__version__ = "99.0" or "'))
    elif change == "module":
        with (other / "jwstprod_check" / "near.py").open("a") as stream:
            stream.write("\n# changed\n")
    else:
        dark = other / "specs" / "dark.yaml"
        dark.write_text(dark.read_text().replace("title: ", "title: Other "))
    folder = files(tmp_path / "d", 30)
    out = tmp_path / "dask.ndjson"
    with Cluster(tmp_path, count=1, PYTHONPATH=str(other)) as cluster:
        done = shell("check", folder, "--dask", cluster.address, "--format", f"ndjson={out}")
    assert done.returncode == 2
    assert message in done.stderr
    assert not out.exists()


def test_workers_without_the_package_are_refused(tmp_path):
    folder = files(tmp_path / "d", 5)
    with Cluster(tmp_path, count=1, bare=True) as cluster:
        done = shell("check", folder, "--dask", cluster.address)
    assert done.returncode == 2
    assert "the workers lack jwstprod, or have another version (No module named 'jwstprod_check')" in done.stderr


def test_no_scheduler_is_status_2(tmp_path, jwstprod, monkeypatch):
    module("distributed")
    monkeypatch.setattr("jwstprod_check.run.dask.CONNECT", 1)
    done = jwstprod("check", files(tmp_path / "d", 3), "--dask", "tcp://127.0.0.1:9")
    assert done.status == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in done.err


def test_without_the_package_of_dask_it_is_said_how_to_get_it(tmp_path):
    folder = files(tmp_path / "d", 3)
    (tmp_path / "distributed.py").write_text("raise ImportError('not here')\n")
    done = shell("check", folder, "--dask", "tcp://127.0.0.1:9", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert done.returncode == 2
    assert "--dask needs the package distributed: pip install 'jwstprod[dask]'" in done.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--jobs", "2"), "--dask and --jobs exclude each other"),
        (("-",), "--dask cannot be given a file on stdin"),
    ],
)
def test_what_a_cluster_cannot_do_is_refused(tmp_path, jwstprod, args, message):
    done = jwstprod("check", files(tmp_path / "d", 1), "--dask", "tcp://127.0.0.1:9", *args)
    assert done.status == 2
    assert message in done.err
