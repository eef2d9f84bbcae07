"""The cache and remote files: an object that did not change costs one request without its bytes."""

import msgspec
import pytest
from judging import DARK
from servers import Fault, first

from jwstprod_check.config import Options
from jwstprod_check.run.cache import Cache
from jwstprod_check.run.executor import run

RAW = DARK.read_bytes()
OTHER = RAW.replace(b"'NRCA1   '", b"'NRCA2   '", 1)


def checked(paths, folder):
    cache = Cache(str(folder / "cache"), Options(), None)
    return list(run(list(paths), Options(), None, memories=[cache]))


def test_an_object_that_did_not_change_is_not_read(endpoint, tmp_path):
    urls = [endpoint.put(f"cache/{n}/{DARK.name}", RAW) for n in range(40)]
    before, after = checked(urls, tmp_path), checked(urls, tmp_path)
    assert not any(report.cached for report in before)
    assert all(report.cached for report in after)
    assert {(report.remote.requests, report.remote.bytes) for report in after} == {(1, 0)}
    assert [report.path for report in after] == urls
    assert [msgspec.structs.replace(r, cached=False, remote=None) for r in after] == [
        msgspec.structs.replace(r, remote=None) for r in before
    ]


def test_an_object_that_was_replaced_is_read(endpoint, tmp_path):
    url = endpoint.put(f"replaced/{DARK.name}", RAW)
    checked([url], tmp_path)
    endpoint.put(f"replaced/{DARK.name}", OTHER)
    assert len(OTHER) == len(RAW)
    (report,) = checked([url], tmp_path)
    assert not report.cached
    assert [r.cached for r in checked([url], tmp_path)] == [True]


def test_local_and_remote_files_keep_their_order(endpoint, tmp_path):
    url = endpoint.put(f"mixed/{DARK.name}", RAW)
    files = [str(DARK), url, str(DARK), url]
    for _ in range(2):
        assert [report.path for report in checked(files, tmp_path)] == files


def test_a_file_on_a_web_server_is_known_by_its_etag(web, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", web.ca)
    url = web.put(f"cached_{DARK.name}", RAW)
    checked([url], tmp_path)
    assert [report.cached for report in checked([url], tmp_path)] == [True]
    web.put(f"cached_{DARK.name}", RAW + bytes(2880))
    assert [report.cached for report in checked([url], tmp_path)] == [False]


def test_nothing_is_kept_where_the_server_does_not_answer_first(between, impatient, endpoint, tmp_path):
    url = endpoint.put(f"shy/{DARK.name}", RAW)
    between(first(1, Fault(status=403)))
    assert [report.cached for report in checked([url], tmp_path)] == [False]
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file() and path.stat().st_size > 1000]


def test_an_object_that_is_missing_is_asked_for_again(endpoint, tmp_path):
    url = f"s3://open/none/{DARK.name}"
    for _ in range(2):
        (report,) = checked([url], tmp_path)
        assert (report.cached, report.verdict) == (False, "unverified")


@pytest.mark.parametrize("count", [1, 100])
def test_files_are_looked_up_ahead_and_each_is_returned_once(count, endpoint, tmp_path):
    urls = [endpoint.put(f"ahead/{DARK.name}", RAW)] * count
    cache = Cache(str(tmp_path / "cache"), Options(), None)
    assert list(cache.ahead(iter(urls))) == urls
