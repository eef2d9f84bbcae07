"""Web servers: ranges over HTTPS, a certificate of one's own, passwords and signatures in URLs, and no listing."""

import gzip
import json

import pytest
from judging import DARK
from large import write_large
from servers import Fault, Proxy

from jwstprod_check import check, check_many

RAW = DARK.read_bytes()


@pytest.fixture
def trusted(monkeypatch, web):
    """The certificate of the server is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", web.ca)
    return web


def why(url):
    (finding,) = next(check_many([url])).findings
    assert finding.code == "TOOL002"
    return finding.message.removeprefix("the file cannot be read: ")


def test_a_file_on_a_web_server_is_checked_by_ranges(trusted, tmp_path):
    write_large(trusted.folder / "large_dark.fits")
    report = check(f"{trusted.url}/large_dark.fits")
    assert (report.verdict, report.product) == ("conforming", "dark")
    assert report.remote.requests <= 6
    assert report.remote.bytes < report.size / 1000


def test_a_name_in_a_url_is_quoted(trusted):
    trusted.put("a b#%_dark.fits", RAW)
    assert check(f"{trusted.url}/a%20b%23%25_dark.fits").conforming


def test_an_empty_file_on_a_web_server_is_an_empty_file(trusted):
    assert [f.code for f in check(trusted.put("empty_dark.fits", b"")).findings] == ["FILE001"]


def test_a_gzip_file_on_a_web_server_is_read_once(trusted):
    packed = gzip.compress(RAW, mtime=0)
    report = check(trusted.put(f"{DARK.name}.gz", packed), data=True)
    assert (report.conforming, report.remote.bytes) == (True, len(packed))


def test_a_certificate_that_is_not_trusted_is_a_finding(web):
    url = web.put("x_dark.fits", RAW)
    assert why(url) == "the certificate of the server is not trusted (UnknownIssuer)"


def test_a_server_without_tls_is_a_finding(trusted):
    with Proxy(trusted.port) as plain:
        assert why(plain.url.replace("http:", "https:") + "/x_dark.fits").startswith("no secure connection")


def test_a_missing_file_is_a_finding(trusted):
    assert why(f"{trusted.url}/nothing_dark.fits") == "there is no such object (404)"


def test_a_folder_of_a_web_server_cannot_be_listed(trusted, jwstprod):
    for url in (f"{trusted.url}/", f"{trusted.url}/a/", f"{trusted.url}/*_dark.fits"):
        result = jwstprod("check", url)
        assert result.status == 2
        assert (
            "a web server gives no list of its files; name each of them, for example in a file for --files-from"
            in result.err
        )


def test_a_password_is_used_and_never_shown(trusted, jwstprod):
    trusted.put("private/x_dark.fits", RAW)
    url = f"{trusted.url}/private/x_dark.fits"
    assert why(url).startswith("the server refuses access (401)")
    for password, status in (("secret", 0), ("wrongpassword", 1)):
        named = url.replace("https://", f"https://me:{password}@")
        for form in ("concise", "rich", "json", "csv", "sarif", "html", "junit", "markdown", "github", "gitlab"):
            result = jwstprod("check", "-v", "--format", form, named)
            assert result.status == status, result.out
            assert password not in result.out + result.err
            assert "me@" not in result.out + result.err


@pytest.mark.parametrize("command", [("check",), ("info",), ("spec", "draft")])
def test_a_signature_is_used_and_never_shown(trusted, jwstprod, command):
    url = trusted.put("signed_dark.fits", RAW)
    for end in ("signed_dark.fits", "nothing_dark.fits"):
        named = f"{trusted.url}/{end}?X-Amz-Signature=abcdef123&uri=mast:JWST/product/y_dark.fits&token=tttt"
        result = jwstprod(*command, named)
        assert result.status == 0 if end.startswith("signed") else result.status != 0
        assert all(word not in result.out + result.err for word in ("abcdef123", "tttt"))
    assert url in f"{trusted.url}/signed_dark.fits"


def test_the_query_reaches_the_server(jwstprod, trusted):
    seen = []
    with Proxy(trusted.port, lambda number, path: seen.append(path) or Fault(status=404)) as proxy:
        jwstprod("check", f"{proxy.url}/api/file?uri=mast:JWST/x_dark.fits&token=a%2Fb")
    assert seen == ["/api/file?uri=mast:JWST/x_dark.fits&token=a%2Fb"]


def test_a_file_is_known_by_the_name_that_the_query_states(jwstprod, trusted):
    trusted.put("file", RAW)
    url = f"{trusted.url}/file?token=tttt&uri=mast:JWST/product/{DARK.name}"
    report = json.loads(jwstprod("check", "--format", "json", url).out)
    assert report["files"][0]["path"] == f"{trusted.url}/file?uri=mast:JWST/product/{DARK.name}"
    assert report["files"][0]["verdict"] == "conforming"
