"""A lab that begins and never ends fills no table of ours: so many uploads and promises at once, and a usual quota."""

from dataclasses import replace

import pytest

from photoservice.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, open_uploads=2, open_reservations=3, tenant_quota=50_000)


def problem(reply):
    return reply.status_code, reply.json()["type"].rpartition(":")[2]


def test_O1_a_lab_has_so_many_uploads_and_promises_open_and_no_more(lab, other_lab, roll):
    """Others go on, and an end makes room; the same offer again is no further promise."""
    begun = [lab.begin(roll, str(frame), 100) for frame in (1, 2)]
    assert [reply.status_code for reply in begun] == [201, 201]
    refused = lab.begin(roll, "3", 100)
    assert problem(refused) == (507, "no-room")
    assert "2 uploads" in refused.json()["detail"]
    assert other_lab.begin(roll, "3", 100).status_code == 201
    assert lab.ask("DELETE", begun[0].headers["Location"]).status_code == 204
    assert lab.begin(roll, "3", 100).status_code == 201
    offers = [(str(frame), bytes([frame]) * 100) for frame in range(10, 14)]
    assert [other_lab.offer(roll, offer).status_code for offer in offers] == [200, 200, 507, 507]
    assert other_lab.offer(roll, offers[0]).status_code == 200


def test_O1_a_new_lab_has_the_usual_quota_until_somebody_says_otherwise(world, lab, roll):
    assert problem(lab.begin(roll, "1", 50_001)) == (507, "no-room")
    assert lab.begin(roll, "1", 50_000).status_code == 201
    world.running.do(lambda session: session.run("storage.set_quota", "Silver Lab", None))
    assert lab.begin(roll, "2", 50_001).status_code == 201
