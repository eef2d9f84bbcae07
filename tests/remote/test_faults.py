"""Faults of servers and lines, really made: each is a finding of its file, and the run goes on."""

import json
import subprocess
import sys
import threading
import time

import pytest
import servers
from judging import DARK
from large import write_large
from servers import Fault, first
from shell import ROOT

from jwstprod_check import check_many
from jwstprod_check.storage import client

RAW = DARK.read_bytes()
PAGE = b"<html><body><script>alert(1)</script>\x1b[31m::error::no</body></html>"


@pytest.fixture
def large(s3, tmp_path):
    """URL of a file whose headers take five requests."""
    path = write_large(tmp_path / "x_dark.fits", side=1024)
    return s3.put("faults/large_dark.fits", path)


@pytest.fixture
def small(s3):
    return s3.put("faults/small_dark.fits", RAW)


def reason(*urls, **options):
    """Why the first of some files could not be read; the file after it is checked all the same."""
    report, *_, last = check_many([*urls, str(DARK)], **options)
    assert (last.path, last.conforming) == (str(DARK), True)
    (finding,) = report.findings
    assert (report.verdict, finding.code) == ("unverified", "TOOL002")
    text = finding.message.removeprefix("the file cannot be read: ")
    assert all(word not in text for word in ("<", "\x1b", "::", "Debug", "http:"))
    assert len(text) < 200
    return text, report.remote.requests


def test_what_is_not_there(endpoint, s3):
    assert reason(f"s3://{servers.OPEN}/nothing_dark.fits") == ("there is no such object (404 NoSuchKey)", 1)


@pytest.mark.parametrize(
    ("status", "said", "requests"),
    [
        (404, "there is no such object (404)", 1),
        (403, "the server refuses access (403), asked without credentials", 1),
        (401, "the server refuses access (401), asked without credentials", 1),
        (400, "the server answers 400", 1),
        (500, "the server answers 500; asked 3 times", 3),
        (503, "the server answers 503; asked 3 times", 3),
        (429, "the server answers 429; asked 3 times", 3),
    ],
)
def test_an_answer_that_is_an_error_is_named_without_its_page(between, impatient, small, status, said, requests):
    between(lambda number, path: Fault(status=status, body=PAGE))
    assert reason(small) == (said, requests)


def test_a_server_that_is_busy_for_a_while_is_waited_for(between, impatient, small):
    between(first(2, Fault(status=503)))
    (report,) = check_many([small])
    assert (report.conforming, report.remote.requests > 2) == (True, True)


def test_a_server_that_ignores_ranges_is_not_read_whole(between, large):
    proxy = between(lambda number, path: Fault(ignore_range=True))
    text, _ = reason(large)
    assert text == "the server gives whole files only, no ranges of bytes; fetch the file first"
    assert proxy.sent < 2**24


@pytest.mark.parametrize("data", [False, True])
def test_a_connection_that_breaks_off_in_a_body_is_made_again(endpoint, between, impatient, large, data):
    expected = next(check_many([large], data=data))
    proxy = between(
        lambda number, path: (
            Fault(cut=20_000_000 if data else 5000) if number in ((5,) if data else (1, 3)) else servers.NONE
        )
    )
    (report,) = check_many([large], data=data)
    assert (report.verdict, report.findings) == (expected.verdict, expected.findings)
    assert len(proxy.requests) > expected.remote.requests


def test_a_body_that_always_breaks_off_is_given_up(between, impatient, small):
    between(lambda number, path: Fault(cut=1000))
    assert reason(small) == ("the connection was broken off; asked 3 times", 3)


def test_a_stream_that_always_breaks_off_is_given_up(between, impatient, small):
    between(lambda number, path: Fault(cut=1000) if number else servers.NONE)
    assert reason(small, data=True)[0] == "the connection was broken off; asked 3 times"


def test_a_server_that_does_not_answer_is_given_up(between, impatient, small):
    between(lambda number, path: Fault(wait=30))
    begun = time.monotonic()
    assert reason(small) == ("the server does not answer in time; asked 3 times", 3)
    assert time.monotonic() - begun < 10


def test_a_server_that_drips_is_given_up(between, impatient, small):
    between(lambda number, path: Fault(pace=0.1, step=100))
    begun = time.monotonic()
    assert reason(small) == ("the server is too slow; asked 3 times", 3)
    assert time.monotonic() - begun < 10


def test_a_server_that_is_slow_and_steady_is_read(between, small):
    between(lambda number, path: Fault(pace=0.05, step=8192))
    assert next(check_many([small])).conforming


def test_an_object_that_is_replaced_between_two_requests_is_unverified(between, s3, large, tmp_path):
    other = write_large(tmp_path / "other_dark.fits", side=1024, ngroups=7)

    def replace(number, path):
        if number == 2:
            s3.put("faults/large_dark.fits", other)
        return servers.NONE

    between(replace)
    assert reason(large) == ("another object took its place while it was read", 3)


def test_an_object_that_is_replaced_while_it_is_streamed_is_unverified(between, s3, large, tmp_path):
    other = write_large(tmp_path / "other_dark.fits", side=1024, ngroups=7)

    streams = []
    # On a busy machine the client asks again while the object is being replaced: the old one must not be there for it.
    replaced = threading.Lock()

    def replace(number, path):
        asked = proxy.requests[number]
        if asked is not None and not asked.endswith("-"):
            return servers.NONE
        with replaced:
            streams.append(number)
            if len(streams) == 2:
                s3.put("faults/large_dark.fits", other)
            return Fault(cut=10_000_000) if len(streams) == 1 else servers.NONE

    proxy = between(replace)
    assert reason(large, data=True)[0] == "another object took its place while it was read"


def test_no_server_is_a_finding(monkeypatch, impatient):
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{servers.free_port()}")
    assert reason("s3://bucket/x_dark.fits") == ("the connection was refused; asked 3 times", 3)
    assert reason("https://nowhere.invalid/x_dark.fits")[0].startswith("there is no host of this name")


def test_a_listing_that_breaks_off_is_unread_and_the_run_goes_on(between, impatient, small, jwstprod):
    between(lambda number, path: Fault(status=500, body=PAGE) if "list-type" in path else servers.NONE)
    result = jwstprod("check", "--format", "json", f"s3://{servers.OPEN}/faults/", small)
    report = json.loads(result.out)
    (unread,) = report["unread"]
    assert (result.status, unread["path"]) == (1, f"s3://{servers.OPEN}/faults/")
    assert unread["reason"].startswith("the server answers 500")
    assert report["summary"]["conforming"] == 1


def test_a_name_that_cannot_be_asked_for_is_a_finding(endpoint):
    assert reason(f"s3://{servers.OPEN}/a//x_dark.fits")[0].startswith("the name of the object cannot be asked for")


def test_a_process_that_was_forked_after_remote_files_were_read_reports_it(endpoint, small):
    script = """
import multiprocessing, sys, warnings
warnings.simplefilter("ignore")
from jwstprod_check.engine.check import check_path
from jwstprod_check.config import Options
assert check_path(sys.argv[1], Options()).conforming
with multiprocessing.get_context("fork").Pool(1) as pool:
    print(pool.apply(check_path, (sys.argv[1], Options())).findings[0].message)
"""
    command = [sys.executable, "-c", script, small]
    env = {**client.os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=env)
    assert "forked from one that read remote files" in result.stdout, result.stderr


def test_threads_are_faster_than_one_where_each_request_waits(between, s3, large):
    between(latency=0.05)
    times = []
    for count in (1, 8):
        begun = time.monotonic()
        assert all(report.conforming for report in check_many([large] * 16, executor=count))
        times.append(time.monotonic() - begun)
    assert times[1] < times[0] / 3


def test_closing_a_run_does_not_wait_for_servers(between, small):
    between(lambda number, path: Fault(wait=15) if "other" in path else servers.NONE)
    begun = time.monotonic()
    run = check_many([small] + [f"s3://{servers.OPEN}/other_dark.fits"] * 20, executor=4)
    next(run)
    run.close()
    assert time.monotonic() - begun < 5
