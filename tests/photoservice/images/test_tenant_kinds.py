"""Labs file images and tell nothing of films; makers tell of films and file nothing; retailers may do both."""

import pytest


def problem(reply) -> tuple[int, str]:
    return reply.status_code, reply.json()["type"].rpartition(":")[2]


FILMS = {
    "capture": ("POST", "/capture"),
    "captures": ("GET", "/capture"),
    "a capture": ("GET", "/capture/X"),
    "parked": ("GET", "/parked"),
    "codes": ("POST", "/manifests/X/codes"),
    "product": ("PUT", "/products/09521141000013"),
    "events": ("GET", "/events"),
    "an event": ("GET", "/events/X"),
    "pieces": ("GET", "/epcs"),
    "events of a piece": ("GET", "/epcs/X/events"),
}


def test_O1_a_labs_key_does_not_tell_of_films(lab):
    answers = {name: problem(lab.ask(method, path, json={})) for name, (method, path) in FILMS.items()}
    assert answers == dict.fromkeys(FILMS, (403, "not-for-labs"))


def images_routes(roll: str) -> dict[str, tuple[str, str]]:
    return {
        "offer": ("POST", f"/rolls/{roll}/offer"),
        "choice": ("POST", f"/rolls/{roll}/frames/1/choice"),
        "withdrawal": ("DELETE", "/images/IM-X"),
        "creation": ("POST", "/uploads"),
        "append": ("PATCH", "/uploads/UP-X"),
        "termination": ("DELETE", "/uploads/UP-X"),
    }


@pytest.mark.parametrize(("who", "expected"), [("maker", (403, "not-for-makers")), ("nobody", (401, "unproven"))])
def test_O1_makers_and_nobody_file_no_images(world, lab, roll, who, expected):
    routes = images_routes(roll)

    def asked(method: str, path: str) -> tuple[int, str]:
        headers = {
            "Upload-Length": "1",
            "Upload-Metadata": "roll eA==,frame MQ==",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream" if "upload" in path else "application/json",
            "Authorization": f"Bearer {world.maker if who == 'maker' else 'tck_none'}",
        }
        return problem(lab.ask(method, path, data=b"{}", headers=headers))

    assert {name: asked(*route) for name, route in routes.items()} == dict.fromkeys(routes, expected)


def test_O1_a_retailer_that_scans_in_its_stores_files_too(world, lab, roll, scans):
    retailer = type(lab)(url=lab.url, key=world.retailer)
    assert retailer.filed(roll, "1", scans())[1] == "filed"


def test_O1_a_revoked_key_files_nothing(world, lab, roll):
    world.running.do(lambda session: session.run("tenants.revoke", "Silver Lab", world.running.service.clock.now()))
    assert problem(lab.begin(roll, "1", 10)) == (401, "unproven")
