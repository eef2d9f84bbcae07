"""Real servers on the loopback interface, and a proxy in front of them that is slow or breaks things on purpose."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import consumers

KEY, SECRET = "test-key", "test-secret"
OPEN, CLOSED = "open", "closed"
"""Buckets: anyone may read the first."""


def free_ports(count):
    """So many different ports; another process may take one before it is used."""
    with ExitStack() as held:
        found = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in found:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in found]


def free_port():
    return free_ports(1)[0]


def program(name, *places):
    """Path of a program, or the end of the test where it is not installed."""
    beside = [str(Path(sys.executable).parent), *places]
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(beside)) or consumers.missing(name)


def wait_for(ready, process, log):
    for _ in range(600):
        if ready():
            return
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace")[-2000:])


def answers(port, path="/"):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
        try:
            connection.request("GET", path)
            with connection.getresponse() as answer:
                return answer.status
        except (OSError, http.client.HTTPException):
            return 0


@contextmanager
def running(command_on, count, folder, ready):
    """The ports of a server that runs: the command that starts it is one of ``count`` ports, as is whether it is ready."""
    log = folder / "log.txt"
    for last in (False, False, True):
        ports = free_ports(count)
        with log.open("wb") as out:
            process = subprocess.Popen(command_on(*ports), stdout=out, stderr=out, cwd=folder)
        try:
            wait_for(partial(ready, *ports), process, log)
            break
        except AssertionError:
            process.kill()
            process.wait()
            if last:
                raise
    try:
        yield ports
    finally:
        # What it holds is thrown away: it need not end in peace.
        process.kill()
        process.wait()


class S3:
    """A server that talks S3, with two buckets."""

    def __init__(self, port):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def store(self, bucket=OPEN):
        """A store that may write."""
        from obstore.store import S3Store

        keys = {"access_key_id": KEY, "secret_access_key": SECRET, "region": "us-east-1"}
        return S3Store(bucket, endpoint=self.url, config=keys, client_options={"allow_http": True})

    def put(self, key, data, bucket=OPEN):
        import obstore

        obstore.put(self.store(bucket), key, data)
        return f"s3://{bucket}/{key}"


@contextmanager
def s3_server(folder):
    """SeaweedFS: its parts take ten ports."""
    weed = program("weed")
    consumers.module("obstore")
    identities = [
        {"name": "anonymous", "actions": [f"Read:{OPEN}", f"List:{OPEN}"]},
        {"name": "me", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]},
    ]
    names = ("s3.port", "s3.port.grpc", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc",
             "filer.port", "filer.port.grpc")  # fmt: skip
    (folder / "s3.json").write_text(json.dumps({"identities": identities}))
    (folder / "store").mkdir()

    def command(*ports):
        return [weed, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder / 'store'}", "-s3",
                f"-s3.config={folder / 's3.json'}", "-volume.max=20", "-master.volumeSizeLimitMB=256",
                "-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
                *(f"-{name}={port}" for name, port in zip(names, ports, strict=True))]  # fmt: skip

    with running(command, len(names), folder, lambda s3, *_: answers(s3)) as (port, *_):
        server = S3(port)
        made = time.monotonic()
        for bucket in (OPEN, CLOSED):
            while True:
                # The first object makes its bucket; the volumes need some seconds until they take it.
                try:
                    server.put("first", b"1", bucket)
                    break
                except Exception:
                    assert time.monotonic() - made < 60
                    time.sleep(0.2)
        yield server


class Web:
    """A web server over a folder; ``ca`` is the certificate that a client must trust."""

    def __init__(self, port, folder, ca):
        self.port, self.folder, self.ca = port, folder, ca
        self.url = f"https://127.0.0.1:{port}"

    def put(self, name, data):
        (self.folder / name).write_bytes(data)
        return f"{self.url}/{name}"


@contextmanager
def web_server(folder):
    """nginx over HTTPS, with a certificate by an authority of its own; ``/private/`` wants a password."""
    nginx = program("nginx", "/usr/sbin", "/usr/local/sbin")
    make_certificates(folder)
    files = folder / "files"
    (files / "private").mkdir(parents=True)
    (folder / "users").write_text("me:{PLAIN}secret\n")
    temp = " ".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )

    def command(port):
        (folder / "nginx.conf").write_text(f"""
            daemon off; master_process off; pid {folder / "pid"}; error_log {folder / "error.txt"};
            events {{ }}
            http {{
                {temp} access_log off; default_type application/octet-stream;
                server {{
                    listen 127.0.0.1:{port} ssl; root {files};
                    ssl_certificate {folder / "server.pem"}; ssl_certificate_key {folder / "server.key"};
                    location /private/ {{ auth_basic x; auth_basic_user_file {folder / "users"}; }}
                }}
            }}""")
        return [nginx, "-p", str(folder), "-e", str(folder / "error.txt"), "-c", str(folder / "nginx.conf")]

    with running(command, 1, folder, is_open) as (port,):
        yield Web(port, files, str(folder / "ca.pem"))


def is_open(port):
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


def make_certificates(folder):
    openssl = program("openssl")

    def call(*args):
        subprocess.run([openssl, *map(str, args)], check=True, capture_output=True, cwd=folder)

    key = ("-newkey", "rsa:2048", "-nodes")
    call("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", 2, "-subj", "/CN=tests")
    call("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", 2, "-extfile", "names")
    call("x509", "-req", "-in", "server.csr", *signed, "-out", "server.pem")


class Fault:
    """What the proxy does to an answer: nothing, where nothing is stated.

    ``wait`` seconds before it, ``status`` instead of it, ``body`` of such a status; ``ignore_range`` asks upstream for the
    whole file; ``cut`` breaks the connection off after so many bytes of the body, ``pace`` waits so many seconds before each
    of ``step`` bytes.
    """

    def __init__(self, wait=0.0, status=0, body=b"", ignore_range=False, cut=None, pace=0.0, step=1):
        self.wait, self.status, self.body, self.ignore_range = wait, status, body, ignore_range
        self.cut, self.pace, self.step = cut, pace, step


NONE = Fault()


class Proxy:
    """An HTTP proxy in front of one server. ``fault(number, path)`` returns what it does to a request.

    ``requests`` has the range and the status of each, ``sent`` the bytes of the bodies; ``latency`` is the time in seconds for
    each connection and each request.
    """

    def __init__(self, port, fault=lambda number, path: NONE, latency=0.0):
        self.upstream, self.fault, self.latency = port, fault, latency
        self.requests, self.sent = [], 0
        self.lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                time.sleep(proxy.latency)
                super().setup()

            def do_GET(self):
                proxy.answer(self)

            def log_message(self, *args):
                """Write nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request, client_address):
                """A client that goes away is none of its matters."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler):
        with self.lock:
            number = len(self.requests)
            self.requests.append(handler.headers.get("Range"))
        fault = self.fault(number, handler.path)
        time.sleep(self.latency + fault.wait)
        if fault.status:
            self.send_head(handler, fault.status, [("Content-Length", str(len(fault.body)))])
            handler.wfile.write(fault.body)
            return
        headers = {k: v for k, v in handler.headers.items() if not (k.lower() == "range" and fault.ignore_range)}
        with closing(http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=60)) as connection:
            connection.request(handler.command, handler.path, headers=headers)
            with connection.getresponse() as answer:
                self.pass_on(handler, answer, fault)

    def pass_on(self, handler, answer, fault):
        kept = [
            (k, v) for k, v in answer.getheaders() if k.lower() not in ("connection", "transfer-encoding", "keep-alive")
        ]
        if answer.getheader("Content-Length") is None:
            body = answer.read()
            self.send_head(handler, answer.status, [*kept, ("Content-Length", str(len(body)))])
            handler.wfile.write(body)
            return
        self.send_head(handler, answer.status, kept)
        self.send_body(handler, answer, fault)

    def send_head(self, handler, status, headers):
        handler.send_response_only(status)
        for name, value in headers:
            handler.send_header(name, value)
        handler.end_headers()

    def send_body(self, handler, answer, fault):
        left = fault.cut
        while piece := answer.read(fault.step if fault.pace else 65536):
            time.sleep(fault.pace)
            if left is not None:
                piece, left = piece[:left], left - len(piece)
            handler.wfile.write(piece)
            with self.lock:
                self.sent += len(piece)
            if left is not None and left <= 0:
                handler.wfile.flush()
                handler.close_connection = True
                handler.connection.shutdown(socket.SHUT_RDWR)
                return


def first(count, fault):
    """A fault of the first requests alone."""
    return lambda number, path: fault if number < count else NONE
