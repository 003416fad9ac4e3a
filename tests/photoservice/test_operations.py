"""What operators and integrators rely on: health, numbers, the API's description, errors in one form, silent logs."""

import io
import json
import threading

import pytest
import requests
import structlog

from photocore.logs import redact
from photoservice.settings import Settings, is_loopback, refuse_open_door


def test_health_and_readiness_are_told(world):
    """Alive is not ready: /ready asks the database."""
    assert requests.get(f"{world.url}/health", timeout=30).json() == {"status": "alive"}
    assert requests.get(f"{world.url}/ready", timeout=30).json() == {"status": "ready"}


def test_numbers_name_routes_never_items(world, station):
    """A label of a metric holds a route's pattern, never a package, a station or a person."""
    package, _ = world.pack("METRIC01")
    station.look_up(package)
    text = requests.get(f"{world.url}/metrics", timeout=30).text
    assert 'route="/sync/v1/stations/{station}/packages"' in text
    assert "METRIC01" not in text
    assert station.id not in text
    assert 'twincheck_captures_total{result="done"} 1.0' in text


def test_the_api_describes_itself(world):
    """OpenAPI 3.1 with every route of the contract."""
    reply = requests.get(f"{world.url}/openapi.json", timeout=30)
    paths = reply.json()["paths"]
    for path in (
        "/enrol",
        "/capture",
        "/capture/{capture_id}",
        "/manifests/{package}/codes",
        "/products/{gtin}",
        "/parked",
        "/sync/v1/stations/{station}/events",
        "/sync/v1/stations/{station}/roster",
        "/sync/v1/stations/{station}/news",
        "/events",
        "/epcs",
        "/01/{gtin}/21/{serial}",
    ):
        assert path in paths, path
    says_it_all = {("post", "/rolls/{roll}/derive")}
    for route, verbs in paths.items():
        for verb in ("post", "put"):
            assert verb not in verbs or (verb, route) in says_it_all or verbs[verb]["requestBody"]["content"], (
                verb,
                route,
            )
    enrol = paths["/enrol"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(enrol["properties"]) == {"code", "public_key", "name"}
    news = paths["/sync/v1/stations/{station}/news"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "version" in news["properties"]["told"]["items"]["properties"]
    assert "$ref" not in str(enrol) + str(news)
    asked = {parameter["name"] for parameter in paths["/events"]["get"]["parameters"]}
    assert {"EQ_bizStep", "MATCH_anyEPC", "nextPageToken"} <= asked
    assert reply.json()["openapi"].startswith("3.")


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("DELETE", "/capture", 405, "method-not-allowed"),
        ("POST", "/enrol", 400, "malformed"),
        ("GET", "/capture?perPage=0", 400, "malformed"),
        ("GET", "/capture", 401, "unproven"),
        ("POST", "/sync/v1/stations/x/hello", 401, "unproven"),
    ],
)
def test_every_error_is_a_problem_with_a_stable_type(lasting_world, method, path, status, slug):
    """RFC 9457: type, title, status, detail, and the request's ID to ask us about."""
    reply = requests.request(method, lasting_world.url + path, timeout=30)
    problem = reply.json()
    assert reply.status_code == problem["status"] == status
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert problem["type"] == f"urn:twincheck:problem:{slug}"
    assert problem["detail"]
    assert problem["request_id"] == reply.headers["X-Request-ID"]


def test_a_sane_request_id_is_kept_and_any_other_replaced(world):
    """So that a request can be followed through a proxy, and no log line can be forged."""
    given = requests.get(f"{world.url}/health", headers={"X-Request-ID": "abc-12345"}, timeout=30)
    forged = requests.get(f"{world.url}/health", headers={"X-Request-ID": 'x","level":"error'}, timeout=30)
    assert given.headers["X-Request-ID"] == "abc-12345"
    assert len(forged.headers["X-Request-ID"]) == 16


def test_logs_hold_neither_cards_nor_codes_nor_keys():
    """Even what is passed by mistake is blacked out."""
    sink = io.StringIO()
    logger = structlog.wrap_logger(
        structlog.WriteLogger(sink), processors=[redact, structlog.processors.JSONRenderer()]
    )
    logger.info(
        "x", card="952114100000000018", claim_code="7Q2M", note="key tck_0123456789abcdef0123 used", station="ST-1"
    )
    said = json.loads(sink.getvalue())
    assert said["card"] == said["claim_code"] == "[redacted]"
    assert said["note"] == "key [redacted] used"
    assert said["station"] == "ST-1"


def test_attack_A08_tokens_of_viewings_and_signed_addresses_are_blacked_out_in_logs():
    said = {
        "note": f"tcv_{'0a' * 32} tcs_{'1b' * 32} tcg_{'2c' * 32} opened"
        " /i/IM-1/256?x=1763800000&s=abcdefghij-_0123456789 for Ada",
        "token": "t",
    }
    redacted = redact(None, "info", said)
    assert redacted == {
        "note": "[redacted] [redacted] [redacted] opened /i/IM-1/256?x=1763800000&s=[redacted] for Ada",
        "token": "[redacted]",
    }


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "photos.example"])
def test_beyond_loopback_the_service_refuses_to_serve_without_tls(host, tmp_path):
    """DESIGN 4.14: cards and codes never cross a network in the clear."""
    with pytest.raises(Exception, match="without TLS"):
        refuse_open_door(Settings(folder=tmp_path, host=host))


def test_half_a_certificate_is_refused_and_loopback_is_known(tmp_path):
    """Both files, and both there."""
    cert = tmp_path / "cert.pem"
    cert.touch()
    with pytest.raises(Exception, match="needs both"):
        refuse_open_door(Settings(folder=tmp_path, tls_cert=cert))
    with pytest.raises(Exception, match="no file"):
        refuse_open_door(Settings(folder=tmp_path, tls_cert=cert, tls_key=tmp_path / "key.pem"))
    with pytest.raises(Exception, match="public-url"):
        refuse_open_door(Settings(folder=tmp_path, host="0.0.0.0", tls_cert=cert, tls_key=cert))
    named = Settings(folder=tmp_path, host="0.0.0.0", tls_cert=cert, tls_key=cert, public_url="https://photos.example/")
    refuse_open_door(named)
    assert named.address == "https://photos.example"
    assert [is_loopback(h) for h in ("localhost", "127.0.0.2", "::1", "10.0.0.1", "x")] == [True] * 3 + [False] * 2


def test_many_requests_at_once_share_the_pool(world):
    """More askers than connections wait their turn; none is refused."""
    statuses = []

    def ask():
        statuses.append(world.get("/capture").status_code)

    threads = [threading.Thread(target=ask) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 40
