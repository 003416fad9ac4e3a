"""SIGTERM while everything is on its way: what was asked is answered or can be gone on with, and the exit code is 0."""

import asyncio
import base64
import json
import os
import signal
import socket
from http.client import HTTPResponse
from urllib.parse import urlsplit

import asyncpg
import pytest
import requests

from imaging.pixels.testing import draw_scan, scan_bytes
from photocore.codes import mint_house_roll
from photocore.host import SystemEntropy
from photoservice.settings import Settings
from photoservice.testing import ServiceProcess, open_folder
from photoservice.wiring import open_service

TUS = {"Tus-Resumable": "1.0.0"}
FRAMES = 4
ROLL = mint_house_roll(SystemEntropy())


class Wire:
    """One connection, written and read by hand; it has answered once, so the service holds it."""

    def __init__(self, url):
        where = urlsplit(url)
        self.socket = socket.create_connection((where.hostname, where.port), 60)
        self.ask("GET", "/health")
        assert self.answer()[0] == 200

    def ask(self, method, path, headers=None, body=b"", length=None):
        told = {"Host": "localhost", "Content-Length": str(len(body) if length is None else length), **(headers or {})}
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told.items())
        self.socket.sendall(head.encode() + b"\r\n" + body)

    def answer(self):
        with HTTPResponse(self.socket) as reply:
            reply.begin()
            return reply.status, reply.read()

    def close_with(self, answer):
        self.socket.close()
        return answer


def rows(database, statement):
    async def ask():
        connection = await asyncpg.connect(database)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


def add_lab(folder, database):
    """Add a lab beside the running process, as the command line does; return its key."""

    async def work():
        settings = Settings(folder=folder, database=database)
        async with open_service(settings, database) as service, service.database.begin() as session:
            return await service.tenants.add(session, name="Silver Lab", kind="lab", prefixes=())

    return asyncio.run(work())


def metadata(**told):
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())


def begin(url, key, frame, size):
    headers = {"Authorization": f"Bearer {key}", **TUS, "Upload-Length": str(size)}
    headers["Upload-Metadata"] = metadata(roll=ROLL, frame=str(frame))
    reply = requests.post(f"{url}/uploads", headers=headers, timeout=60)
    assert reply.status_code == 201, reply.text
    return urlsplit(reply.headers["Location"]).path


def part(key, offset):
    return {
        "Authorization": f"Bearer {key}",
        **TUS,
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
    }


@pytest.mark.timeout(180)
def test_O21_asked_to_end_it_answers_what_is_on_its_way_and_leaves_the_rest_to_go_on_with(database, eventually):
    """Slow answers come; half an upload is there afterwards; rolls being made are finished by the next one."""
    with open_folder() as folder, ServiceProcess(folder / "data", database=database) as service:
        key = add_lab(folder / "data", database)
        scans = [scan_bytes(draw_scan(seed, 1200, 800), "jpeg") for seed in range(FRAMES)]
        for frame, scan in enumerate(scans[:-1], 1):
            path = begin(service.url, key, frame, len(scan))
            assert requests.patch(service.url + path, headers=part(key, 0), data=scan, timeout=60).status_code == 204
        last, half = scans[-1], len(scans[-1]) // 2
        upload = begin(service.url, key, FRAMES, len(last))
        wires = [Wire(service.url) for _ in range(4)]
        uploading = Wire(service.url)
        uploading.ask("PATCH", upload, part(key, 0), last[:half], length=len(last))
        wish = json.dumps({"roll": "(01)09521141012352(21)NONE", "code": "7Q2M-9XKD-4F8T-P"}).encode()
        for nr, wire in enumerate(wires):
            keyed = {"Content-Type": "application/json", "Idempotency-Key": f"graceful-{nr:024}"}
            wire.ask("POST", "/claims", keyed, wish)
        os.kill(service.pid, signal.SIGTERM)
        answers = [wire.close_with(wire.answer()) for wire in wires]
        assert {status for status, _ in answers} <= {403, 400, 422}, answers
        assert len(answers) == 4
        uploading.close_with(uploading.socket.recv(100_000))
        assert service._end(signal.SIGTERM) == 0
        assert list((folder / "data" / "darkroom").glob("worker-*")) == []

        service.start()
        ask = {"Authorization": f"Bearer {key}", **TUS}
        stands = int(requests.head(service.url + upload, headers=ask, timeout=60).headers["Upload-Offset"])
        assert 0 <= stands <= half
        reply = requests.patch(service.url + upload, headers=part(key, stands), data=last[stands:], timeout=60)
        assert reply.status_code == 204, reply.text
        made = "select (select count(*) from images.image where state = 'standing'), count(*) from images.rendition"
        eventually(lambda: tuple(rows(database, made)[0]) == (FRAMES, 2 * FRAMES), within=60)
        assert rows(database, "select count(*) as n from images.image where trouble <> ''")[0]["n"] == 0
        assert service._end(signal.SIGTERM) == 0
        seen = rows(database, "select sum(n)::bigint as n from ops.hourly where measure = 'requests'")
        assert seen[0]["n"] > FRAMES, "what it saw in its last minute was added before it ended"
