"""Servers for the tests of remote files: one of each kind for a process, and an environment without credentials."""

import pytest
import servers

from jwstprod_check.storage import client


@pytest.fixture(scope="session")
def s3(tmp_path_factory):
    with servers.s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="session")
def web(tmp_path_factory):
    with servers.web_server(tmp_path_factory.mktemp("web")) as server:
        yield server


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    """No setting of the machine reaches a test, and no proxy of it the servers on loopback."""
    for name in list(client.os.environ):
        if name.startswith(("AWS_", "GOOGLE_", "AZURE_", "SSL_CERT")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def endpoint(monkeypatch, s3):
    """Buckets are those of the server."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.url)
    return s3


@pytest.fixture
def between(monkeypatch, s3):
    """A proxy between the client and the S3 server: ``between(fault, latency)``."""
    opened = []

    def start(fault=lambda number, path: servers.NONE, latency=0.0):
        proxy = servers.Proxy(s3.port, fault, latency).__enter__()
        opened.append(proxy)
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        return proxy

    yield start
    for proxy in opened:
        proxy.__exit__()


@pytest.fixture
def impatient(monkeypatch):
    """Wait little, so that a test does."""
    monkeypatch.setattr(client, "PATIENCE", client.Patience(attempts=3, total=20.0, pause=0.01, slow=0.3, least=2**14))
    monkeypatch.setattr(client, "STALL", 1)
    client._store.cache_clear()
    yield
    client._store.cache_clear()
