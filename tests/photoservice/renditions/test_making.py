"""What becomes of a roll that was filed, with a real queue, real children and real objects."""

import hashlib
import io

from PIL import Image

from photoservice.objects.store import rendition_key


def test_O5_a_roll_that_was_filed_is_made_by_itself(lab, scan_of, wait):
    shas = [lab.file("R-1", str(n), scan_of(n)) for n in range(1, 6)]
    wait(lambda: lab.is_made("R-1") and not lab.jobs())
    assert lab.ready("R-1") == 5
    rows = lab.renditions()
    assert {(row["sha256"], row["tier"]) for row in rows} == {(sha, tier) for sha in shas for tier in ("256", "2048")}
    for row in rows:
        header = lab.running.sql("select bytes from images.jpeg_header where id = $1", row["header"])[0]["bytes"]
        key = rendition_key(row["sha256"], row["tier"], row["recipe"])
        body = lab.running.run(lab.running.service.pictures.objects.read(key))
        assert row["size"] == len(body)
        assert row["etag"] == hashlib.sha256(header + body).digest()
        assert Image.open(io.BytesIO(header + body)).size == (row["width"], row["height"]) == (90, 60)
    tiny = lab.running.sql("select placeholder from images.original")
    assert all(Image.open(io.BytesIO(row["placeholder"])).size for row in tiny)
