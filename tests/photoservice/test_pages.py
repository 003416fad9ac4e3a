"""What a phone sees that scans a package (O11): one friendly page that tells nothing about anybody."""

import re

import pytest
import requests

PAGE = "/01/09521141012345/21/"


def get(world, path, **headers):
    return requests.get(world.url + path, headers=headers, timeout=10)


def test_attack_A12_the_page_is_the_same_for_known_unknown_and_registered_packages(world, station):
    """Byte by byte, headers too (but for the date and the request's own ID)."""
    world.pack("PAGEKNOW")
    mine, _ = world.pack("PAGEMINE")
    station.claim(mine)
    station.send()

    replies = [get(world, PAGE + serial) for serial in ("PAGEKNOW", "PAGEMINE", "NEVERSEEN1", "x", "a%2Fb-%28c%29")]

    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.content for reply in replies}) == 1
    told = [{k: v for k, v in r.headers.items() if k.lower() not in ("date", "x-request-id")} for r in replies]
    assert all(headers == told[0] for headers in told)
    assert "PAGEMINE" not in replies[1].text


def test_O11_a_broken_link_gets_a_page_that_helps(world):
    """A wrong check digit or a serial GS1 does not know: 404, in the same style, with a sentence."""
    replies = [
        get(world, path) for path in ("/01/09521141012346/21/PKG7Q2M9", "/01/abc/21/x", PAGE + "%00", PAGE + "a" * 40)
    ]
    assert {reply.status_code for reply in replies} == {404}
    assert all("We could not read that" in reply.text for reply in replies)
    assert len({reply.content for reply in replies}) == 1


@pytest.mark.parametrize("path", ["/", "/r", PAGE + "PKG7Q2M9", "/01/1/21/1"])
def test_O11_pages_run_no_script_and_load_nothing(world, path):
    """Strict CSP: the one style by its hash, no script, no form, no frame; the page holds none either."""
    import base64
    import hashlib

    reply = get(world, path)
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script" not in policy
    (style,) = re.findall(r"<style>(.*?)</style>", reply.text, re.DOTALL)
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in policy
    assert not re.search(r"<script|style=|https?://(?!www\.w3\.org)|\son\w+=", reply.text)
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert 'lang="en"' in reply.text
    assert "viewport" in reply.text


def test_O11_a_machine_that_asks_for_a_linkset_gets_the_same_for_every_package(world):
    """Accept: application/linkset+json (RFC 9264), fixed but for its own anchor."""
    one = get(world, PAGE + "PKG7Q2M9", Accept="application/linkset+json")
    two = get(world, PAGE + "NEVERSEEN1", Accept="application/linkset+json")
    assert one.headers["Content-Type"].startswith("application/linkset+json")
    assert one.json()["linkset"][0]["anchor"] == PAGE + "PKG7Q2M9"
    assert one.text.replace("PKG7Q2M9", "*") == two.text.replace("NEVERSEEN1", "*")


def test_the_start_page_says_what_runs_here(world):
    """Whoever opens the address in a browser understands it."""
    reply = get(world, "/")
    assert reply.status_code == 200
    assert "photoservice is running" in reply.text
    assert "/openapi.json" in reply.text
