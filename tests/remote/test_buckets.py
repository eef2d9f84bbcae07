"""Buckets of a real S3 server: prefixes, patterns, lists, credentials, what a report holds."""

import gzip
import json
import time

import pytest
import servers
from judging import DARK
from shell import shell

from jwstprod_check import check, check_many
from jwstprod_check.storage.found import NotLookedAt, PathError
from jwstprod_check.storage.paths import expand

RAW = DARK.read_bytes()
NAME = DARK.name


@pytest.fixture(scope="module")
def tree(s3):
    """Objects below ``tree/``."""
    for key in (
        f"a/{NAME}", f"a/b/{NAME}", f"c/{NAME}", "a/list.ecsv", "a/notes.txt", "a/x.fits.part", "a/.hidden/x_dark.fits",
        "a/.hidden/y_dark.fits", "d/x.json", "a/odd[1] #%41.fits",
    ):  # fmt: skip
        s3.put(f"tree/{key}", RAW)
    s3.put("tree/jw01234", b"")
    return f"s3://{servers.OPEN}/tree"


def found(*urls):
    """(URLs of files, (kind, what) of what was passed over, (reason, named) of what cannot be had)."""
    entries = list(expand(urls))
    files = [one for one in entries if isinstance(one, str)]
    over = [(one.folder, one.what) for one in entries if isinstance(one, NotLookedAt)]
    return files, over, [(one.reason, one.named) for one in entries if isinstance(one, PathError)]


def names(tree, urls):
    return sorted(url.removeprefix(tree + "/") for url in urls)


IN_A = [f"a/b/{NAME}", f"a/{NAME}", "a/odd[1] #%41.fits"]


@pytest.mark.parametrize("end", ["/a", "/a/"])
def test_a_prefix_gives_the_fits_files_below_it_and_counts_what_it_passes_over(endpoint, tree, end):
    files, over, errors = found(tree + end)
    assert (names(tree, files), errors) == (sorted(IN_A), [])
    assert sorted(over) == [(False, ""), (False, ".ecsv"), (False, ".fits.part"), (True, ".hidden")]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (f"/a/{NAME}", [f"a/{NAME}"]),
        ("/a/*_dark.fits", [f"a/{NAME}"]),
        ("/**/*_dark.fits", [f"a/b/{NAME}", f"a/{NAME}", f"c/{NAME}"]),
        ("/*/*_dark.fits", [f"a/{NAME}", f"c/{NAME}"]),
        ("/[bc]/*_d?rk.fits", [f"c/{NAME}"]),
        ("/*/b/*.fits", [f"a/b/{NAME}"]),
        ("/*/b", [f"a/b/{NAME}"]),
        (f"/*/{NAME}", [f"a/{NAME}", f"c/{NAME}"]),
        ("/a/*.part", ["a/x.fits.part"]),
        ("/c/*", [f"c/{NAME}"]),
        ("/c/**", [f"c/{NAME}"]),
        ("/*/", [*IN_A, f"c/{NAME}"]),
        ("/a/odd[1] #%41.fits", ["a/odd[1] #%41.fits"]),
    ],
)
def test_a_pattern_gives_what_it_matches(endpoint, tree, pattern, expected):
    files, _, errors = found(tree + pattern)
    assert (names(tree, files), errors) == (sorted(expected), [])


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("/nothing/", "no FITS file below this prefix"),
        ("/*.nothing", "no object matches this pattern"),
        ("/nothing/*.fits", "no object matches this pattern"),
        ("/[z-a].fits", "not a pattern: bad character range z-a"),
    ],
)
def test_what_names_nothing_is_an_error_of_the_user(endpoint, tree, end, reason):
    ((said, named),) = found(tree + end)[2]
    assert (said.startswith(reason), named) == (True, True)


def test_a_listing_that_is_refused_is_reported_and_the_next_path_is_checked(endpoint, tree, jwstprod):
    result = jwstprod("check", f"s3://{servers.CLOSED}/", f"{tree}/c/")
    assert result.status == 1
    refused = "the server refuses access (403 AccessDenied), asked without credentials"
    assert f"s3://{servers.CLOSED}/: not read: {refused}" in result.out
    assert "1 file checked (structure): 1 conforms" in result.out


def test_the_objects_of_a_prefix_are_reported_as_the_files_of_a_folder_are(endpoint, s3, jwstprod, data):
    folder = data / "bad"
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in files:
        s3.put(f"bad/{path.relative_to(folder)}", path.read_bytes())
    here, there = (jwstprod("check", "--format", "ndjson", where) for where in (folder, f"s3://{servers.OPEN}/bad"))
    assert (here.status, there.status) == (1, 1)
    text = there.out.replace(f"s3://{servers.OPEN}/bad", str(folder))
    lines = {line["path"]: line for line in map(json.loads, text.splitlines()[:-1])}
    assert all(line.pop("remote")["requests"] for line in lines.values())
    assert [lines[line["path"]] for line in map(json.loads, here.out.splitlines()[:-1])] == list(lines.values())


def test_names_in_a_list_may_be_urls_and_paths(endpoint, tree, jwstprod, tmp_path):
    listing = tmp_path / "list.txt"
    listing.write_text(f"{tree}/a/{NAME}\n{DARK}\n{tree}/c/{NAME}\n{tree}/a/{NAME}\n")
    result = jwstprod("check", "--format", "ndjson", "--files-from", listing)
    paths = [json.loads(line).get("path") for line in result.out.splitlines()]
    assert (result.status, paths) == (0, [f"{tree}/a/{NAME}", str(DARK), f"{tree}/c/{NAME}", None])


def test_requests_and_bytes_are_in_the_report(endpoint, s3, jwstprod):
    url = s3.put("one_dark.fits", RAW)
    shown = jwstprod("check", "-v", url).out
    report = json.loads(jwstprod("check", "--format", "json", url).out)
    (file,) = report["files"]
    assert file["remote"] == report["summary"]["remote"]
    assert 1 <= file["remote"]["requests"] <= 6
    requests, size = file["remote"]["requests"], file["remote"]["bytes"]
    assert f"{requests:,} requests, {size:,} bytes, for 1 file" in shown
    assert "requests" not in jwstprod("check", url).out
    local = json.loads(jwstprod("check", "--format", "json", DARK).out)
    assert "remote" not in local["files"][0] | local["summary"]


def test_without_credentials_nobody_is_waited_for_who_could_give_some(endpoint, s3):
    url = s3.put("x_dark.fits", RAW, servers.CLOSED)
    begun = time.monotonic()
    (finding,) = next(check_many([url])).findings
    assert time.monotonic() - begun < 2
    assert finding.code == "TOOL002"
    assert "the server refuses access (403 AccessDenied), asked without credentials" in finding.message


def test_credentials_come_from_the_environment_and_are_in_no_message(endpoint, s3, jwstprod, monkeypatch):
    url = s3.put("x_dark.fits", RAW, servers.CLOSED)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", servers.KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", servers.SECRET)
    assert check(url).conforming
    assert jwstprod("check", "--anonymous", url).status == 1
    assert jwstprod("check", url).status == 0
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
    result = jwstprod("check", "-v", "--format", "json", url)
    assert result.status == 1
    wrong = "the server refuses access (403 SignatureDoesNotMatch), asked with the credentials of the environment"
    assert wrong in result.out
    assert all(word not in result.out + result.err for word in (servers.KEY, servers.SECRET, "wrong-secret"))


def test_credentials_in_a_url_of_a_bucket_are_refused_and_not_shown(jwstprod):
    result = jwstprod("check", "s3://somekey:somesecret@bucket/x_dark.fits")
    assert result.status == 2
    assert "credentials are taken from the environment, not from a URL" in result.err
    assert "somesecret" not in result.out + result.err


def test_a_gzip_object_is_read_once_from_end_to_end(endpoint, s3):
    packed = gzip.compress(RAW, mtime=0)
    url = s3.put("packed_dark.fits.gz", packed)
    for data in (False, True):
        report = check(url, data=data, product="dark")
        assert report.conforming
        assert (report.remote.requests, report.remote.bytes) == (1 if len(packed) <= 32768 else 2, len(packed))


def test_with_data_a_file_is_streamed_once(endpoint, s3, tmp_path):
    from large import write_large

    path = write_large(tmp_path / "large_dark.fits", side=1024, ngroups=5)
    url = s3.put("large_dark.fits", path)
    here, there = check(path, data=True), check(url, data=True)
    assert (there.verdict, there.findings) == (here.verdict, here.findings)
    size = path.stat().st_size
    assert there.remote.requests <= 6
    assert size <= there.remote.bytes <= size + 200 * 1024


def test_a_large_dark_costs_six_requests_and_a_thousandth_of_its_bytes(endpoint, s3, tmp_path):
    from large import NAME as LARGE
    from large import write_large

    path = write_large(tmp_path / LARGE, ngroups=4)
    url = s3.put(LARGE, path)
    report = check(url)
    assert report.conforming
    assert report.remote.requests <= 6
    assert report.remote.bytes <= path.stat().st_size / 1000


def test_an_empty_object_is_an_empty_file(endpoint, s3):
    report = check(s3.put("empty_dark.fits", b""))
    assert [finding.code for finding in report.findings] == ["FILE001"]


def test_info_and_draft_take_urls(endpoint, s3, jwstprod):
    url = s3.put(NAME, RAW)
    here, there = jwstprod("info", DARK), jwstprod("info", url)
    assert (there.status, there.out) == (here.status, here.out.replace(str(DARK), url))
    here, there = jwstprod("spec", "draft", DARK), jwstprod("spec", "draft", url)
    assert (there.status, there.out) == (0, here.out)
    gone = jwstprod("info", url + ".gone.fits")
    assert gone.status == 1
    assert "there is no such object (404 NoSuchKey)" in gone.out


def test_threads_return_the_reports_in_order_and_the_same_as_one(endpoint, s3, data):
    files = sorted(path for path in (data / "good").rglob("*") if path.is_file())
    urls = [s3.put(f"order/{n:03d}/{path.name}", path.read_bytes()) for n, path in enumerate(files)] * 3
    one, many = (list(check_many(urls, executor=count)) for count in (1, 8))
    assert [report.path for report in many] == urls
    assert [report.to_dict() for report in many] == [report.to_dict() for report in one]


def test_a_run_in_a_process_of_its_own_ends_by_itself(endpoint, tree):
    result = shell("check", f"{tree}/a/", "-j", "4")
    assert (result.returncode, result.stderr) == (
        0,
        "jwstprod: not looked at: 1 file (.ecsv), 1 file (.fits.part), 1 folder (.hidden)\n",
    )
