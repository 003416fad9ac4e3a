"""Two foreign clients of tus 1.0, tuspy and tus-js-client, upload into the real photoservice."""

import hashlib
import json
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from imaging.pixels.testing import write_scan

NODE_MODULES = Path(__file__).parents[2] / "oracle" / "node_modules"


@pytest.fixture
def scan(tmp_path):
    path = tmp_path / "scan.jpg"
    write_scan(path, "jpeg", seed=3, size=(900, 600))
    return path


@pytest.fixture
def kept(running):
    """Return a look at what is kept: the hash of each frame's standing image."""

    def look():
        rows = running.sql("select frame, sha256 from images.image where state = 'standing'")
        return {row["frame"]: row["sha256"].hex() for row in rows}

    return look


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class TestTuspy:
    @pytest.fixture
    def tuspy(self, lab):
        """Return ``uploader(path, ..)``; the files are ours to close, as tuspy leaves its own open."""
        client = TusClient(f"{lab.url}/uploads", headers={"Authorization": f"Bearer {lab.key}"})
        with ExitStack() as files:
            yield lambda path, **more: client.uploader(file_stream=files.enter_context(path.open("rb")), **more)

    def test_O5_tuspy_uploads_in_chunks_with_checksums(self, tuspy, scan, roll, kept):
        uploader = tuspy(
            scan,
            chunk_size=scan.stat().st_size // 4,
            metadata={"roll": roll, "frame": "12a", "filename": scan.name},
            upload_checksum=True,
        )
        uploader.upload()
        assert kept() == {"12A": digest(scan)}

    def test_O5_tuspy_resumes_by_the_uploads_address(self, tuspy, scan, roll, kept):
        size = scan.stat().st_size
        first = tuspy(scan, chunk_size=size // 3, metadata={"roll": roll, "frame": "1"})
        first.upload_chunk()
        second = tuspy(scan, chunk_size=size // 3, url=first.url)
        assert second.offset == size // 3
        second.upload()
        assert kept() == {"1": digest(scan)}

    def test_O5_tuspy_without_our_metadata_is_refused(self, tuspy, scan, kept):
        with pytest.raises(TusCommunicationError) as caught:
            tuspy(scan, chunk_size=1000).create_url()
        assert caught.value.status_code == 400
        assert kept() == {}

    def test_attack_A10_tuspy_is_told_that_a_file_is_no_picture(self, tuspy, tmp_path, roll, kept):
        bad = tmp_path / "bad.jpg"
        bad.write_bytes(b"no picture" * 200)
        uploader = tuspy(bad, chunk_size=500, metadata={"roll": roll, "frame": "1"})
        with pytest.raises(TusUploadFailed) as caught:
            uploader.upload()
        assert caught.value.status_code == 422
        assert kept() == {}

    def test_O5_two_tuspys_at_one_upload_never_mix_their_bytes(self, tuspy, scan, roll, kept):
        size = scan.stat().st_size
        first = tuspy(scan, chunk_size=size // 3, metadata={"roll": roll, "frame": "1"})
        first.upload_chunk()
        second = tuspy(scan, chunk_size=size // 3, url=first.url)
        second.upload_chunk()
        with pytest.raises(TusUploadFailed) as caught:
            first.upload_chunk()
        assert caught.value.status_code == 409
        second.upload()
        assert kept() == {"1": digest(scan)}


@pytest.mark.oracle
class TestTusJs:
    @pytest.fixture
    def tus_js(self, lab):
        node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
        if node is None or not (NODE_MODULES / "tus-js-client").is_dir():
            pytest.skip("no node or no tus-js-client: run `npm ci --ignore-scripts` in tests/oracle")

        def run(*uploads):
            asked = json.dumps({"url": lab.url, "key": lab.key, "uploads": uploads})
            script = Path(__file__).with_name("tus_client.js")
            call = [node, str(script), str(NODE_MODULES)]
            done = subprocess.run(call, input=asked, capture_output=True, text=True, check=True, timeout=60)
            return json.loads(done.stdout)

        return run

    def test_O5_tus_js_uploads_resumes_overrides_and_terminates(self, tus_js, lab, scan, tmp_path, roll, kept):
        """One node process for all: it takes most of a second to start."""
        bad = tmp_path / "bad.jpg"
        bad.write_bytes(b"no picture" * 200)
        size = scan.stat().st_size

        def of(frame, path=scan, **more):
            return {"path": str(path), "metadata": {"roll": roll, "frame": frame, "filename": "süß.jpg"}, **more}

        whole, at_once, pieces, cut, removed, overridden, refused, strange = tus_js(
            of("1"),
            of("2", atOnce=True),
            of("3", chunk=size // 5),
            of("4", chunk=size // 5, cut=size // 3),
            of("5", chunk=size // 5, cut=size // 3, remove=True),
            of("6", chunk=size // 2, override=True),
            of("7", path=bad),
            {"path": str(scan), "metadata": {"frame": "8"}},
        )
        assert [end["word"] for end in (whole, at_once, pieces, cut, overridden)] == ["filed"] * 5
        assert 0 < cut["cut"] < size
        assert pieces["expires"].endswith(" GMT")
        assert (removed["error"], refused["error"], strange["error"]) == (410, 422, 400)
        assert kept().items() >= dict.fromkeys(("1", "2", "3", "4", "6"), digest(scan)).items()
        gone = requests.head(
            cut["url"], headers={"Authorization": f"Bearer {lab.key}", "Tus-Resumable": "1.0.0"}, timeout=30
        )
        assert gone.headers["Upload-Offset"] == str(size)
