"""A scan's way from an offer to its frame."""

import hashlib


def test_O1_O5_an_offered_scan_is_uploaded_and_filed_at_its_frame(world, lab, roll, scans):
    scan = scans()
    offer = lab.offer(roll, ("12a", scan), stock="Portra 400", iso=400, lab="Silver Lab", scanned_on="2026-01-02")
    told = offer.json()
    assert (offer.status_code, told["bytes"]) == (200, len(scan)), told
    assert told["frames"] == [{"frame": "12A", "word": "need", "upload": None}]
    image, word = lab.filed(roll, "12A", scan, reservation=told["reservation"], filename="000123_12A.jpg")
    assert word == "filed"
    (row,) = world.sql("select * from images.image")
    assert (row["id"], row["roll"], row["frame"], row["state"]) == (image, roll, "12A", "standing")
    assert row["sha256"] == hashlib.sha256(scan).digest()
    (said,) = world.sql("select * from images.tenant_roll")
    assert (said["stock"], said["iso"], said["lab"], said["images"]) == ("Portra 400", 400, "Silver Lab", 1)
    (room,) = world.sql("select reserved, used from images.storage")
    assert (room["reserved"], room["used"]) == (0, len(scan))
    again = lab.offer(roll, ("12A", scan)).json()
    assert (again["reservation"], again["frames"][0]["word"]) == (None, "have")
