"""A maker asks for its own captured events back (O18; EPCIS 2.0 REST bindings), nobody for another's (DESIGN 5D)."""

import asyncio
import http.client
import json
import re
from urllib.parse import quote, urlsplit

import asyncpg
import pytest
import requests

STORE_LINK = "https://id.gs1.org/414/9521141000007"


def asked(world, path, *, key=None, **headers):
    bearer = {"Authorization": f"Bearer {key or world.maker}"}
    return requests.get(world.url + path, headers={**bearer, **headers}, timeout=30)


def events(reply):
    """Return the events of an answer, after looking at the document round them."""
    assert reply.status_code == 200, reply.text
    document = reply.json()
    assert document["type"] == "EPCISQueryDocument"
    assert document["schemaVersion"] == "2.0"
    assert "epcis-context.jsonld" in document["@context"][0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", document["creationDate"])
    results = document["epcisBody"]["queryResults"]
    assert results["queryName"] == "SimpleEventQuery"
    return results["resultsBody"]["eventList"]


def parents(reply):
    return [event["parentID"].rpartition("/")[2] for event in events(reply)]


def shipping(builders, serial, **more):
    return {
        "type": "ObjectEvent",
        "eventTime": "2026-11-20T12:00:00+01:00",
        "eventTimeZoneOffset": "+01:00",
        "action": "OBSERVE",
        "bizStep": "https://ref.gs1.org/cbv/BizStep-shipping",
        "disposition": "in_transit",
        "epcList": [builders.link(builders.package_id(serial))],
        **more,
    }


def test_O18_a_maker_gets_its_events_back_as_it_sent_them(world, builders):
    """With their IDs, when they were recorded, and the prefixes their document explained."""
    sent = builders.packing(
        builders.package_id("QUERY001"),
        builders.roll_ids("QUERY001"),
        eventID="urn:uuid:6c0f8ec5-7d4f-4a5b-9c53-2b4b0c6c5a01",
        **{"halide:line": "7"},
    )
    context = ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld", {"halide": "https://halide.example/ns#"}]
    world.captured(builders.document(sent, **{"@context": context}))

    (back,) = events(asked(world, "/events"))

    assert back.pop("recordTime").endswith("Z")
    assert back.pop("@context") == [{"halide": "https://halide.example/ns#"}]
    assert back == sent
    assert "halide" not in str(asked(world, "/events", key=world.retailer).json())


def test_O18_an_event_without_an_id_is_found_by_the_one_it_was_given(world, builders):
    """An ID with slashes and question marks, percent-encoded."""
    world.pack("QUERY002")
    (back,) = events(asked(world, "/events"))
    (same,) = events(asked(world, f"/events/{quote(back['eventID'], safe='')}"))
    assert same == back
    assert back["eventID"].startswith("ni:///sha-256;")
    named = builders.packing(
        builders.package_id("QUERY003"), builders.roll_ids("QUERY003"), eventID="ni:///sha-256;ab?ver=CBV2.0"
    )
    world.captured(builders.document(named))
    path = f"/events/{quote('ni:///sha-256;ab?ver=CBV2.0', safe='')}"
    assert len(events(asked(world, path))) == 1


def test_O18_a_piece_is_found_in_every_spelling(world, builders):
    """Element string, EPC URN, Digital Link of any host: one piece; also where another spelling was sent."""
    package, rolls = world.pack("QUERY004")
    world.captured(
        builders.document(shipping(builders, "QUERY004", epcList=["urn:epc:id:sgtin:9521141.001234.QUERY004"]))
    )
    world.pack("QUERY005")
    spellings = [
        package,
        "urn:epc:id:sgtin:9521141.001234.QUERY004",
        builders.link(package),
        builders.link(package).replace("id.gs1.org", "film.halide.example/eu"),
    ]
    for spelling in spellings:
        found = events(asked(world, f"/epcs/{quote(spelling, safe='')}/events"))
        assert [event["type"] for event in found] == ["AggregationEvent", "ObjectEvent"], spelling
    assert len(events(asked(world, f"/epcs/{builders.link(package)}/events"))) == 2  # slashes that nobody encoded
    (packed,) = events(asked(world, f"/epcs/{quote(rolls[0], safe='')}/events"))
    assert builders.link(rolls[0]) in packed["childEPCs"]
    assert len(events(asked(world, f"/epcs/{quote(package, safe='')}/events?eventType=ObjectEvent"))) == 1


@pytest.fixture(scope="module")
def three_events(lasting_world, builders):
    """A packing, a packing at a store, and a shipping."""
    a = builders.packing(builders.package_id("QUERYA00"), builders.roll_ids("QUERYA00"), eventID="urn:uuid:a")
    b = builders.packing(
        builders.package_id("QUERYB00"),
        builders.roll_ids("QUERYB00"),
        eventTime="2026-11-20T10:00:00.123456789Z",
        bizLocation={"id": STORE_LINK},
        eventID="urn:uuid:b",
    )
    c = shipping(builders, "QUERYC00", eventID="urn:uuid:c")
    lasting_world.captured(builders.document(a, b, c))
    return lasting_world


@pytest.mark.parametrize(
    ("query", "serials"),
    [
        ("eventType=AggregationEvent", "AB"),
        ("eventType=ObjectEvent", "C"),
        ("eventType=ObjectEvent|AggregationEvent", "ABC"),
        ("GE_eventTime=2026-11-20T10:00:00Z", "BC"),
        ("GE_eventTime=2026-11-20T11:00:00+01:00", "BC"),
        ("LT_eventTime=2026-11-20T11:00:00.000Z&GE_eventTime=2026-11-20T09:00:00Z", "B"),
        ("EQ_bizStep=packing", "AB"),
        ("EQ_bizStep=urn:epcglobal:cbv:bizstep:shipping", "C"),
        ("EQ_bizStep=shipping|packing", "ABC"),
        ("EQ_disposition=in_transit", "C"),
        ("EQ_action=ADD", "AB"),
        ("EQ_bizLocation=urn:epc:id:sgln:9521141.00000.0", "B"),
        ("EQ_bizLocation=" + STORE_LINK, "B"),
        ("MATCH_epc=(01)09521141012345(21)QUERYC00", "C"),
        ("MATCH_epc=(01)09521141012345(21)QUERYA00", ""),
        ("MATCH_parentID=(01)09521141012345(21)QUERYA00", "A"),
        ("MATCH_anyEPC=(01)09521141012345(21)QUERYA00|(01)09521141012345(21)QUERYC00", "AC"),
        ("MATCH_anyEPC=(01)09521141012345(21)QUERYA00&MATCH_parentID=(01)09521141012345(21)QUERYB00", ""),
        ("MATCH_anyEPC=(01)09521141012345(21)QUERYB00&EQ_bizLocation=" + STORE_LINK, "B"),
        ("EQ_eventID=urn:uuid:a|urn:uuid:c", "AC"),
        ("EQ_eventID=urn:uuid:z", ""),
        ("GE_recordTime=2000-01-01T00:00:00Z", "ABC"),
        ("LT_recordTime=2000-01-01T00:00:00Z", ""),
        ("EQ_bizStep=https://halide.example/ns%23cutting", ""),
    ],
)
def test_O18_every_filter_lets_through_what_it_says(three_events, query, serials):
    """All that are given must fit; a list fits by any of its values."""
    found = events(asked(three_events, f"/events?{query}"))

    assert "".join(event["eventID"][-1].upper() for event in found) == serials


def test_O18_pages_follow_one_another_while_new_events_come(world, builders):
    """Each event once and in the order it was recorded, whatever was captured between two pages."""
    for n in range(5):
        world.pack(f"PAGES00{n}")
    first = asked(world, "/events?perPage=2&EQ_bizStep=packing")
    world.pack("PAGES005")
    (address,) = re.fullmatch(r'<(.+)>; rel="next"', first.headers["Link"]).groups()
    assert "EQ_bizStep=packing" in address
    second = asked(world, address)
    third = asked(world, re.match(r"<(.+)>", second.headers["Link"])[1])
    assert parents(first) + parents(second) + parents(third) == [f"PAGES00{n}" for n in range(6)]
    assert "Link" not in third.headers


def test_O18_pages_of_one_piece_keep_its_address(world, builders):
    """The Link of /epcs/{epc}/events leads to the same piece."""
    package, _ = world.pack("PAGES010")
    for n in range(2):
        shipped = shipping(builders, "PAGES010", eventTime=f"2026-11-2{n}T12:00:00Z")
        world.captured(builders.document(shipped))
    first = asked(world, f"/epcs/{quote(package, safe='')}/events?perPage=2")
    rest = asked(world, re.match(r"<(.+)>", first.headers["Link"])[1])
    assert [len(events(first)), len(events(rest))] == [2, 1]


def test_O18_the_pieces_of_a_maker_are_listed_once_each(world, builders):
    """As links, in pages; another tenant's list is its own."""
    package, rolls = world.pack("LIST0001", 2)
    world.captured(builders.document(shipping(builders, "LIST0001")))
    first = asked(world, "/epcs?perPage=2")
    assert first.json()["type"] == "Collection"
    rest = asked(world, re.match(r"<(.+)>", first.headers["Link"])[1])
    listed = first.json()["member"] + rest.json()["member"]
    assert sorted(listed) == sorted(builders.link(item) for item in (package, *rolls))
    assert asked(world, "/epcs", key=world.retailer).json()["member"] == []


def test_attack_A18_anothers_events_are_answered_like_none(world, builders):
    """No ID, piece, filter or token of one tenant's tells another that it is there."""
    package, rolls = world.pack("OWN00001")
    world.pack("OWN00002")
    (mine, _) = events(asked(world, "/events"))
    link = asked(world, "/events?perPage=1").headers["Link"]
    token = re.search(r"nextPageToken=(\w+)", link)[1]
    event_id = quote(mine["eventID"], safe="")

    for theirs, nobody in (
        (f"/events/{event_id}", "/events/urn:uuid:nobody"),
        (f"/epcs/{quote(package, safe='')}/events", "/epcs/urn:x:nobody/events"),
        (f"/epcs/{quote(rolls[0], safe='')}/events", "/epcs/urn:x:nobody/events"),
        (f"/events?EQ_eventID={event_id}", "/events?EQ_eventID=urn:uuid:nobody"),
        (f"/events?nextPageToken={token}", "/events"),
        ("/epcs", "/epcs"),
    ):
        a, b = asked(world, theirs, key=world.retailer), asked(world, nobody, key=world.retailer)
        assert a.status_code == b.status_code, theirs
        bodies = [{**reply.json(), "creationDate": "", "request_id": ""} for reply in (a, b)]
        assert bodies[0] == bodies[1], theirs
    gone = asked(world, f"/events/{event_id}", key=world.retailer)
    assert (gone.status_code, gone.json()["type"]) == (404, "epcisException:NoSuchResourceException")


def test_attack_A18_registrations_never_appear(world, station, builders):
    """The maker's package was registered: no answer changes by a byte, and holds no account, number or store."""
    package, rolls = world.pack("SECRET01")
    paths = ["/events", "/epcs", f"/epcs/{quote(package, safe='')}/events", f"/epcs/{quote(rolls[0], safe='')}/events"]

    def answers():
        return [re.sub(r'"creationDate":"[^"]+"', "", asked(world, path).text) for path in paths]

    before = answers()
    claim = station.claim(package)
    made = station.make_up(2)
    station.send()
    world.running.settle()

    assert answers() == before
    for hidden in (claim.public["number"], made.package, world.registration(package)["owner"], station.id):
        assert not any(hidden in answer for answer in answers())
    assert events(asked(world, f"/epcs/{made.package}/events", key=world.retailer)) == []


def test_O18_what_was_parked_is_not_among_the_events(world, builders):
    """It stands in /parked with its reason."""
    package, rolls = world.pack("PARKED01")
    other = builders.packing(builders.package_id("PARKED02"), rolls)
    world.captured(builders.document(other))
    assert parents(asked(world, "/events")) == ["PARKED01"]
    assert len(asked(world, "/parked").json()) == 1
    assert package


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [
        ("EQ_bizstep=packing", 400, "QueryParameterException"),
        ("registration=1", 400, "QueryParameterException"),
        ("EQ_bizStep=packing&EQ_bizStep=shipping", 400, "QueryParameterException"),
        ("EQ_bizStep=", 400, "QueryParameterException"),
        ("EQ_bizStep=|", 400, "QueryParameterException"),
        ("EQ_bizStep", 400, "QueryParameterException"),
        ("GE_eventTime=yesterday", 400, "QueryParameterException"),
        ("GE_eventTime=2026-11-20T10:00:00", 400, "QueryParameterException"),
        ("GE_eventTime=0001-01-01T00:00:00%2B14:00", 400, "QueryParameterException"),
        ("eventType=RegistrationEvent", 400, "QueryParameterException"),
        ("EQ_action=DROP", 400, "QueryParameterException"),
        ("perPage=0", 400, "QueryParameterException"),
        ("perPage=101", 400, "QueryParameterException"),
        ("perPage=1e1", 400, "QueryParameterException"),
        ("perPage=٣", 400, "QueryParameterException"),
        ("nextPageToken=-1", 400, "QueryParameterException"),
        ("nextPageToken=ffffffffffffffffffff", 400, "QueryParameterException"),
        ("MATCH_anyEPC=%00", 400, "QueryParameterException"),
        ("MATCH_anyEPC=%FF", 400, "QueryParameterException"),
        ("EQ_eventID=" + "|".join("x" * 51), 400, "QueryParameterException"),
        ("&".join(f"x{n}=1" for n in range(60)), 400, "QueryParameterException"),
        ("EQ_eventID=" + "x" * 3000, 400, "QueryParameterException"),
        ("EQ_eventID=" + "x" * 10_000, 414, "URITooLongException"),
    ],
)
def test_attack_A29_a_query_out_of_form_is_refused_in_the_standards_words(lasting_world, query, status, kind):
    """Never passed over: whoever misspells a filter must not be given everything."""
    for path in ("/events", "/epcs/urn:x:y/events"):
        reply = asked(lasting_world, f"{path}?{query}")
        assert (reply.status_code, reply.headers["Content-Type"]) == (status, "application/problem+json"), reply.text
        assert reply.json()["type"] == f"epcisException:{kind}"


@pytest.mark.parametrize(
    "text",
    ["' or 1=1 --", "'; drop table epcis_event; --", "%25' union select key_mac from tenant --", "\\", "{}", "[1]"],
)
def test_attack_A29_sql_in_a_query_is_only_text(world, text):
    """It finds nothing, and the table stands."""
    world.pack("INJECT01")
    for name in ("EQ_eventID", "MATCH_anyEPC", "EQ_bizStep", "EQ_bizLocation", "EQ_disposition"):
        assert events(asked(world, f"/events?{name}={quote(text, safe='')}")) == []
    assert events(asked(world, f"/epcs/{quote(text, safe='')}/events")) == []
    assert asked(world, f"/events/{quote(text, safe='')}").status_code == 404
    assert len(events(asked(world, "/events"))) == 1


@pytest.mark.parametrize("path", ["/events", "/events/x", "/epcs", "/epcs/x/events"])
def test_attack_A17_without_a_key_nothing_is_told(world, path):
    """401, before anything is looked at; OPTIONS tells only what is spoken."""
    assert requests.get(world.url + path, timeout=30).status_code == 401
    options = requests.options(world.url + path, timeout=30)
    assert options.status_code == 204
    assert options.headers["GS1-EPCIS-Version"] == "2.0.0"
    assert "GET" in options.headers["Allow"]
    assert requests.options(world.url + "/", timeout=30).headers["GS1-EPC-Format"] == "Never_Translates"


def test_O18_a_client_of_another_make_reads_our_answers(world, builders):
    """Plain HTTP/1.1 and the JSON of Python's library; JSON-LD when it asks for it."""
    world.pack("FOREIGN1")
    address = urlsplit(world.url)
    line = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    headers = {"Authorization": f"bearer {world.maker}", "Accept": "application/ld+json"}
    line.request("GET", "/events?MATCH_epc=urn:epc:id:sgtin:9521141.001235.FOREIGN1-R2", headers=headers)
    reply = line.getresponse()
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/ld+json")
    document = json.loads(reply.read())
    line.close()
    (event,) = document["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert builders.link(builders.roll_ids("FOREIGN1")[1]) in event["childEPCs"]


def test_O18_events_captured_before_queries_existed_are_found_by_the_migration(scratch, tmp_path):
    """A database of the version before, with events in both spellings, is brought up to date."""
    import asyncio

    from photoservice.db.driver import connect
    from photoservice.db.migrate import MIGRATIONS, migrate

    old = tmp_path / "old"
    old.mkdir()
    for path in sorted(MIGRATIONS.glob("000[12]*.sql")):
        (old / path.name).write_text(path.read_text())
    body = {
        "eventTime": "2026-11-20T08:00:00.123456789+01:00",
        "parentID": "https://film.example/x/01/9521141012345/21/A%2FB00001",
        "childEPCs": ["urn:epc:id:sgtin:9521141.001235.R%2F000001", "urn:epc:id:sscc:9521141.0000000001"],
        "bizLocation": {"id": "urn:epc:id:sgln:9521141.00000.0"},
    }

    async def run(url):
        await migrate(url, old)
        connection = await connect(url)
        await connection.execute("insert into tenant values ('T-1', 'x', 'maker', null, 'x', now(), null)")
        await connection.execute(
            "insert into epcis_event (tenant, event_id, content_hash, capture, kind, verdict, body, recorded_at)"
            " values ('T-1', 'e', 'h', 'c', 'AggregationEvent', 'applied', $1, now())",
            json.dumps(body),
        )
        await migrate(url)
        rows = await connection.fetch("select name, role from epcis_name order by role")
        await connection.close()
        return [(row["role"], row["name"]) for row in rows]

    assert sorted(asyncio.run(run(scratch.empty()))) == [
        ("child", "(01)09521141012352(21)R/000001"),
        ("child", "urn:epc:id:sscc:9521141.0000000001"),
        ("location", "9521141000007"),
        ("parent", "(01)09521141012345(21)A/B00001"),
    ]


async def test_O18_documents_of_one_tenant_commit_one_after_another(world, builders, database):
    """Places are given in the order of the commits: a reader who pages on finds what came in meanwhile."""
    elsewhere = await asyncpg.connect(database)
    try:
        async with elsewhere.transaction():
            for row in await asyncio.to_thread(world.sql, "select id as tenant from tenant"):
                await elsewhere.execute("select pg_advisory_xact_lock(29796, hashtext($1))", row["tenant"])
            reply = await asyncio.to_thread(world.capture, builders.document(shipping(builders, "QUEUED01")))
            while not await elsewhere.fetchval(
                "select count(*) from pg_locks where classid = 29796 and not granted and locktype = 'advisory'"
            ):
                pass
        job = await asyncio.to_thread(world.finished, reply.headers["Location"])
    finally:
        await elsewhere.close()
    assert job["success"]
