"""What becomes of whole uploads: filed once, rivals visible, other people's things not there."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests


def images(world):
    return world.sql("select * from images.image order by filed_at, id")


def test_O1_sending_the_same_again_is_a_no_op(world, lab, roll, scans):
    first, word = lab.filed(roll, "7", scans(1))
    again, word_again = lab.filed(roll, "07", scans(1))
    assert (word, word_again, again) == ("filed", "same", first)
    assert len(images(world)) == 1
    assert world.sql("select used from images.storage")[0]["used"] == len(scans(1))


def test_O1_another_picture_for_a_frame_is_a_visible_rival(world, lab, roll, scans):
    first, _ = lab.filed(roll, "7", scans(1))
    offer = lab.offer(roll, ("7", scans(2))).json()
    assert (offer["frames"][0]["word"], offer["reservation"], offer["bytes"]) == ("rival", None, 0)
    second, word = lab.filed(roll, "7", scans(2))
    assert word == "rival"
    assert {row["id"]: row["state"] for row in images(world)} == {first: "standing", second: "rival"}
    assert world.sql("select images, rivals from images.tenant_roll") == [{"images": 1, "rivals": 1}]


def test_O1_a_rival_that_shall_be_sent_has_room(lab, roll, scans):
    lab.filed(roll, "7", scans(1))
    offer = lab.offer(roll, ("7", scans(2)), rivals=True).json()
    assert offer["bytes"] == len(scans(2))
    assert lab.filed(roll, "7", scans(2), reservation=offer["reservation"])[1] == "rival"


def test_O1_the_same_frame_sent_twice_at_once_is_filed_once(world, lab, roll, scans, clients):
    """Eight uploads of two pictures end at once: one stands, the other is its rival, the rest were nothing new."""
    two = (scans(1), scans(2))
    with ThreadPoolExecutor(8) as pool:
        words = list(pool.map(lambda n: clients().filed(roll, "1", two[n % 2])[1], range(8)))
    assert sorted(words) == ["filed", "rival", *["same"] * 6]
    assert sorted(row["state"] for row in images(world)) == ["rival", "standing"]


def test_O1_frames_00_and_0_and_12A_are_three(world, lab, roll, scans):
    for frame in ("00", "0", "12a"):
        assert lab.filed(roll, frame, scans(1))[1] == "filed"
    rows = world.sql("select frame from images.image order by frame_order")
    assert [row["frame"] for row in rows] == ["00", "0", "12A"]
    (room,) = world.sql("select used from images.storage")
    assert room["used"] == len(scans(1)), "the bytes are kept once"


def choose(lab, roll, frame, image):
    return lab.ask("POST", f"/rolls/{roll}/frames/{frame}/choice", json={"image": image})


def test_O1_a_choice_lets_a_rival_stand(world, lab, roll, scans):
    first, _ = lab.filed(roll, "7", scans(1))
    second, _ = lab.filed(roll, "7", scans(2))
    third, _ = lab.filed(roll, "7", scans(3))
    for _ in range(2):
        assert choose(lab, roll, "7", second).status_code == 204
        states = {row["id"]: row["state"] for row in images(world)}
        assert states == {first: "withdrawn", second: "standing", third: "withdrawn"}
    assert choose(lab, roll, "7", first).status_code == 404
    assert choose(lab, roll, "8", second).status_code == 404
    assert lab.filed(roll, "7", scans(1))[1] == "rival", "what was withdrawn may come again"


def test_O1_what_is_left_alone_stands(world, lab, roll, scans):
    first, _ = lab.filed(roll, "7", scans(1))
    second, _ = lab.filed(roll, "7", scans(2))
    assert lab.ask("DELETE", f"/images/{first}").status_code == 204
    assert lab.ask("DELETE", f"/images/{first}").status_code == 404
    assert {row["id"]: row["state"] for row in images(world)} == {first: "withdrawn", second: "standing"}


def test_attack_A18_another_labs_things_are_not_there(world, lab, other_lab, roll, scans):
    image, _ = lab.filed(roll, "7", scans(1))
    begun = lab.begin(roll, "8", len(scans(2))).headers["Location"]
    promised = lab.offer(roll, ("9", scans(3))).json()["reservation"]
    assert other_lab.look(begun).status_code == 404
    assert other_lab.append(begun, 0, scans(2)).status_code == 404
    assert other_lab.ask("DELETE", begun).status_code == 404
    assert other_lab.ask("DELETE", f"/images/{image}").status_code == 404
    assert choose(other_lab, roll, "7", image).status_code == 404
    assert other_lab.begin(roll, "9", len(scans(3)), reservation=promised).status_code == 404
    told = other_lab.offer(roll, ("7", scans(1)), ("8", scans(2))).json()["frames"]
    assert [(one["word"], one["upload"]) for one in told] == [("rival", None), ("need", None)]


def test_attack_A18_no_lab_takes_anothers_picture_away(world, lab, other_lab, roll, scans):
    lab.filed(roll, "7", scans(1))
    theirs, word = other_lab.filed(roll, "7", scans(2))
    assert word == "rival"
    reply = choose(other_lab, roll, "7", theirs)
    assert (reply.status_code, reply.json()["type"]) == (409, "urn:twincheck:problem:frame-taken")
    assert sorted(row["state"] for row in images(world)) == ["rival", "standing"]
    rolls = world.sql("select images, rivals from images.tenant_roll order by images desc")
    assert rolls == [{"images": 1, "rivals": 0}, {"images": 0, "rivals": 1}]


def test_O1_the_same_bytes_of_two_labs_are_kept_once_and_counted_for_each(world, lab, other_lab, roll, scans):
    lab.filed(roll, "7", scans(1))
    assert other_lab.filed(roll, "7", scans(1))[1] == "rival"
    assert world.sql("select used from images.storage")[0]["used"] == len(scans(1))
    shares = world.sql("select used from images.tenant_storage")
    assert [row["used"] for row in shares] == [len(scans(1))] * 2


@pytest.mark.parametrize("said", [{}, {"stock": "Portra 160", "iso": 160}], ids=["nothing", "something"])
def test_O5_what_the_lab_does_not_say_of_a_film_registration_knows(world, lab, scans, builders, said):
    _, rolls = world.pack("A1B2C3D4")
    product = {"level": "roll", "name": "Halide 400", "process": "C-41", "iso": 400, "exposures": 36}
    url = f"{world.url}/products/{builders.ROLL_GTIN}"
    assert requests.put(url, json=product, headers={"Authorization": f"Bearer {world.maker}"}, timeout=30).ok
    room = lab.offer(rolls[0], ("1", scans(1)), **said).json()["reservation"]
    lab.filed(rolls[0], "1", scans(1), reservation=room)
    (row,) = world.sql("select stock, process, iso from images.tenant_roll")
    assert row == {"stock": said.get("stock", "Halide 400"), "process": "C-41", "iso": said.get("iso", 400)}
    assert lab.offer(rolls[0], ("1", scans(1)), note="pushed one stop").json()["frames"][0]["word"] == "have"
    (row,) = world.sql("select stock, note, words @@ 'pushed' as is_found from images.tenant_roll")
    assert row == {"stock": said.get("stock", "Halide 400"), "note": "pushed one stop", "is_found": True}


def test_O5_hostile_words_of_a_roll_are_refused_or_kept_as_they_are(world, lab, roll, scans):
    assert lab.offer(roll, ("1", scans()), note="a\0b").status_code == 400
    note = "'; drop table image; -- " + "長" * 1_900
    room = lab.offer(roll, ("1", scans()), note=note, stock="<b>Ekta\u202echrome</b>").json()["reservation"]
    lab.filed(roll, "1", scans(), reservation=room)
    assert world.sql("select note from images.tenant_roll") == [{"note": note}]


def test_O1_choosing_filing_and_offering_at_once_never_wait_for_each_other_in_a_ring(world, lab, roll, scans, clients):
    """Six connections do all of it on the same two frames; every answer is one of ours, none a fault."""
    drawn = [scans(number) for number in range(3)]

    def work(number: int) -> set[int]:
        client, statuses = clients(), set()
        for turn in range(4):
            frame, scan = str(turn % 2), drawn[(number + turn) % 3]
            room = client.offer(roll, (frame, scan), rivals=True, note=f"{number}").json()["reservation"]
            sent = client.begin(roll, frame, len(scan), body=scan, **({"reservation": room} if room else {}))
            statuses.add(sent.status_code)
            if image := sent.headers.get("Twincheck-Image"):
                statuses.add(choose(client, roll, frame, image).status_code)
                if number % 2:
                    statuses.add(client.ask("DELETE", f"/images/{image}").status_code)
        return statuses

    with ThreadPoolExecutor(6) as pool:
        seen = set().union(*pool.map(work, range(6)))
    assert seen <= {201, 204, 404, 413}


def test_O1_the_original_is_kept_byte_for_byte(world, lab, roll, scans, settings):
    lab.filed(roll, "1", scans(1))
    name = hashlib.sha256(scans(1)).hexdigest()
    kept = settings.folder / "objects" / "o" / name[:2] / name[2:4] / name
    assert kept.read_bytes() == scans(1)
    assert list((settings.folder / "incoming").iterdir()) == []
