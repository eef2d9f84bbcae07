"""The parts of URLs, what of them is shown, and that nothing remote is loaded for a file of this machine."""

import json
import sys

import pytest
from judging import DARK
from shell import python, shell

from jwstprod_check.storage.client import RemoteError, as_remote_errors
from jwstprod_check.storage.urls import Address, in_web_or_bucket, parse, shown


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("s3://bucket/a b/c#d?e%20f.fits", ("s3", "bucket", "a b/c#d?e%20f.fits", "")),
        ("S3://bucket", ("s3", "bucket", "", "")),
        ("gs://bucket/x", ("gs", "bucket", "x", "")),
        ("az://container/x", ("az", "container", "x", "")),
        ("https://host:8/a%20b/c.fits?q=1#top", ("https", "host:8", "a b/c.fits", "q=1")),
        ("http://[::1]:80/x", ("http", "[::1]:80", "x", "")),
    ],
)
def test_a_url_has_parts(url, address):
    assert parse(url) == Address(*address)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("s3:///x", "names no bucket"),
        ("s3://key:secret@bucket/x", "credentials are taken from the environment"),
        ("https:///x", "names no host"),
        ("https://host:port/x", "not a URL"),
        ("gopher://host/x", "nothing reads gopher://"),
    ],
)
def test_a_url_that_nothing_reads_is_refused(url, reason):
    with pytest.raises(OSError, match=reason) as caught:
        parse(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("a/b?c=d", "a/b?c=d"),
        ("odd://name", "odd://name"),
        ("s3://bucket/a?b@c", "s3://bucket/a?b@c"),
        ("s3://key:secret@bucket/a", "s3://bucket/a"),
        ("https://me:secret@host/x.fits?sig=secret#secret", "https://host/x.fits"),
        ("https://host/f?a=secret&uri=mast:JWST/x.fits&b=secret", "https://host/f?uri=mast:JWST/x.fits"),
        ("HTTPS://me:p@ss@host/x", "HTTPS://host/x"),
        ("https://host/a@b.fits", "https://host/a@b.fits"),
    ],
)
def test_what_may_be_secret_is_not_shown(target, text):
    assert shown(target) == text


def test_a_path_is_not_remote():
    assert [in_web_or_bucket(one) for one in ("s3://b/x", "x.fits", "file:///x", "c://x", "gs:/x")] == [
        True,
        *[False] * 4,
    ]


def test_nothing_remote_is_loaded_for_a_file_of_this_machine():
    script = f"""
import sys
from jwstprod_check.cli.main import run
run(["check", {str(DARK)!r}])
print([name for name in sys.modules if name.endswith(("storage.client", "storage.remote", "storage.listing", "threads"))])
print("obstore" in sys.modules)
"""
    assert python("-c", script).stdout.splitlines()[-2:] == ["[]", "False"]


def test_without_the_client_the_command_to_install_it_is_named(tmp_path):
    (tmp_path / "obstore.py").write_text("raise ImportError('none')\n")
    path = f"{tmp_path}:{':'.join(p for p in sys.path if p)}"
    for command in ("check", "info"):
        result = shell(command, "s3://bucket/x_dark.fits", PYTHONPATH=path)
        assert result.returncode == 2
        assert "which is not installed: pip install 'jwstprod[remote]'" in result.stderr


@pytest.mark.parametrize(
    "url", ["s3://a b/c", "s3://bucket with space/x.fits", "gs://a\tb/c", "az://a\x7f/c", "s3://é/c", "s3://a{b}/c"]
)
def test_no_bucket_has_a_name_that_cannot_be_asked_for(url):
    with pytest.raises(OSError, match="no bucket has a name with such a character"):
        parse(url)


def test_a_bucket_without_a_name_that_can_be_asked_for_ends_no_run(jwstprod):
    done = jwstprod("check", "--no-config", "--anonymous", DARK, "s3://a b/c", "--format", "json")
    assert done.status == 2
    report = json.loads(done.out)
    assert [file["verdict"] for file in report["files"]] == ["conforming"]
    assert [entry["path"] for entry in report["unread"]] == ["s3://a b/c"]


def test_a_fault_of_the_client_is_an_error_of_the_object():
    panic = type("PanicException", (BaseException,), {})
    with (
        pytest.raises(RemoteError, match="the client cannot ask for this name"),
        as_remote_errors(Address("s3", "b", "k")),
    ):
        raise panic("request must be valid")
    with pytest.raises(KeyboardInterrupt), as_remote_errors(Address("s3", "b", "k")):
        raise KeyboardInterrupt
