"""OpenStack Swift as an S3 that checks signatures, in processes of its own: the judge of the object store.

Its S3 API verifies SigV4, refuses conditional puts and quotas as it should, and pages lists; nothing of ours is in it.
One account ``test:tester``, one replica, on the disk (its metadata are xattrs, which a tmpfs may not have).
"""

import getpass
import hashlib
import importlib.util
import itertools
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
import requests
from obstore.store import S3Store

from photoservice.objects.s3 import S3Objects, read_bucket

KEY, SECRET = "test:tester", "testing"

_COMMON = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
workers = 0
log_level = WARNING
log_address = {folder}/none
user = {user}
fallocate_reserve = 0
disable_fallocate = true
"""
_STORAGE = """
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
_PIPELINE = (
    "catch_errors", "cache", "listing_formats", "s3api", "tempauth", "bulk", "slo", "dlo", "copy", "container-quotas",
    "account-quotas", "versioned_writes",
)  # fmt: skip
_PROXY = """
[pipeline:main]
pipeline = {pipeline} proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
min_segment_size = 1
max_bucket_listing = 50
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin .reseller_admin
user_other_thief = stolen .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:copy]
use = egg:swift#copy
[filter:container-quotas]
use = egg:swift#container_quotas
[filter:account-quotas]
use = egg:swift#account_quotas
[filter:versioned_writes]
use = egg:swift#versioned_writes
""".replace("{pipeline}", " ".join(_PIPELINE))
_RINGS = """
import sys
from swift.common.ring import RingBuilder
for pair in sys.argv[2:]:
    kind, port = pair.split("=")
    builder = RingBuilder(4, 1, 1)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "ip": "127.0.0.1", "port": int(port),
                     "replication_ip": "127.0.0.1", "replication_port": int(port), "device": "d1", "meta": ""})
    builder.rebalance()
    builder.get_ring().save(f"{sys.argv[1]}/{kind}.ring.gz")
"""


@dataclass(frozen=True, kw_only=True)
class Swift:
    """A running S3."""

    port: int
    container_port: int

    names: Iterator[int]

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def url(self, bucket: str, prefix: str = "") -> str:
        return f"s3://{bucket}/{prefix}?endpoint={self.endpoint}&patience_s=5"

    def open(self, bucket: str, *, prefix: str = "") -> S3Objects:
        """Open a bucket with the keys of the account, as the environment of this process says them."""
        return S3Objects(read_bucket(self.url(bucket, prefix), {}))

    def fresh_bucket(self, *, quota_bytes: int | None = None) -> str:
        """Make a bucket, without what is under test."""
        name = f"scans-{next(self.names)}"
        plain = S3Store(
            name, endpoint=self.endpoint, access_key_id=KEY, secret_access_key=SECRET, region="us-east-1",
            client_options={"allow_http": True},
        )  # fmt: skip
        made = requests.put(obstore.sign(plain, "PUT", "", timedelta(seconds=60)), timeout=30)
        assert made.status_code == 200, made.text
        if quota_bytes is not None:
            self._limit(name, quota_bytes)
        return name

    def _limit(self, bucket: str, quota_bytes: int) -> None:
        """Limit a bucket at its server; the proxy would ask for a token, and tokens need a memcached."""
        path = f"/AUTH_test/{bucket}"
        part = int.from_bytes(hashlib.md5(f"t{path}t".encode()).digest()[:4], "big") >> 28
        headers = {"X-Timestamp": f"{time.time() + 1:016.5f}", "X-Container-Meta-Quota-Bytes": str(quota_bytes)}
        done = requests.post(f"http://127.0.0.1:{self.container_port}/d1/{part}{path}", headers=headers, timeout=30)
        assert done.status_code == 204, done.text


def answers(port: int) -> bool:
    with socket.socket() as line:
        line.settimeout(1)
        return line.connect_ex(("127.0.0.1", port)) == 0


def begin(folder: Path, find_port: Callable[[], int]) -> tuple[Swift, list[subprocess.Popen[bytes]]]:
    ports = {kind: find_port() for kind in ("account", "container", "object", "proxy")}
    (folder / "devices" / "d1").mkdir(parents=True)
    (folder / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_suffix = t\nswift_hash_path_prefix = t\n"
        "[storage-policy:0]\nname = gold\ndefault = yes\n"
    )
    rings = [f"{kind}={port}" for kind, port in ports.items() if kind != "proxy"]
    quiet = [sys.executable, "-P", "-W", "ignore"]
    subprocess.run([*quiet, "-c", _RINGS, str(folder), *rings], check=True, timeout=60)
    running: list[subprocess.Popen[bytes]] = []
    for kind, port in ports.items():
        conf = folder / f"{kind}.conf"
        body = _PROXY if kind == "proxy" else _STORAGE.format(kind=kind)
        conf.write_text(_COMMON.format(port=port, folder=folder, user=getpass.getuser()) + body)
        run = f"import sys; sys.argv = ['swift', {str(conf)!r}]; from swift.{kind}.server import main; main()"
        with (folder / f"{kind}.log").open("wb") as log:
            run = run.replace("swift.object.", "swift.obj.")
            running.append(subprocess.Popen([*quiet, "-c", run], stdout=log, stderr=log, stdin=subprocess.DEVNULL))
    ends = time.monotonic() + 60
    while not all(answers(port) for port in ports.values()):
        if time.monotonic() > ends or any(process.poll() is not None for process in running):
            logs = "\n".join(path.read_text(errors="replace")[-1500:] for path in folder.glob("*.log"))
            end(running)
            raise RuntimeError(f"Swift did not come up:\n{logs}")
        time.sleep(0.05)
    return Swift(port=ports["proxy"], container_port=ports["container"], names=itertools.count(1)), running


def end(running: list[subprocess.Popen[bytes]]) -> None:
    for process in running:
        process.kill()
    for process in running:
        process.wait(30)


@pytest.fixture(scope="session")
def running_swift(unused_tcp_port_factory: Callable[[], int]) -> Iterator[Swift]:
    """Give a running Swift; tests that ask for it belong to one worker (``xdist_group("swift")``)."""
    if not importlib.util.find_spec("swift"):
        pytest.skip("Swift, the judge of S3, is not installed (dependency group s3)")
    folder = Path(tempfile.mkdtemp(prefix="twincheck-swift-"))
    try:
        found, running = begin(folder, unused_tcp_port_factory)
        try:
            yield found
        finally:
            end(running)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def swift(running_swift: Swift, monkeypatch: pytest.MonkeyPatch) -> Swift:
    """Give a Swift, and its keys in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    return running_swift
