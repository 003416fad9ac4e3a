"""What tills told and what counts for nothing stands on the manager's page and in the terminal; nothing is dropped."""

import json
import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import requests

from pos_bridge.beside_lines import source_lines
from pos_bridge.sale import SaleObserved
from pos_bridge.testing import BADGE, PACKAGE_GTIN, PIN, SETTINGS, STORE, BridgeBench, signed

NIGHT = '\n[source.night]\nkind = "files"\nstore = "{store}"\nfolder = "{folder}"\noptions = {{ renamed = true }}\n'


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    (folder / "night").mkdir()
    return BridgeBench(
        folder=folder / "station", settings=SETTINGS + NIGHT.format(store=STORE, folder=folder / "night")
    )


@pytest.fixture
def manager(browser):
    browser.go("/sign-in?next=/manager")
    browser.submit("/sign-in", badge=BADGE, pin=PIN)
    return browser


def tell(served, message, **line):
    now = datetime.now(UTC).isoformat(timespec="seconds")
    sale = {"line": 1, "code": PACKAGE_GTIN, "quantity": 1, "amount": "12.99"} | line
    told = {"till": "T1", "sequence": message, "store": STORE, "ended_at": now, "currency": "EUR", "lines": [sale]}
    body = json.dumps({"type": "sale.completed", "timestamp": now, "data": told}).encode()
    headers = signed(body, message=message, at=int(time.time()))
    assert requests.post(f"{served.url}/in/shop", data=body, headers=headers, timeout=30).status_code == 200


def test_K5_what_was_passed_over_is_listed_with_its_reason(bench, served, manager, eventually):
    """A hundred units are no sale over a counter: nothing counts, and the manager sees that it came."""
    tell(served, "hundred", quantity=100)
    tell(served, "short", serial="1234567")
    ledger = served.opened.ledger
    eventually(lambda: {one.key for one in ledger.left_out("shop")} >= {"hundred", "short"})
    count = ledger.count_left_out("shop", datetime.now(UTC) - timedelta(days=1))
    page = manager.go("/manager?lang=en")
    assert f"Told and not counted, in the last 7 days: {count}" in page
    assert f"{PACKAGE_GTIN}: 100 units" in page
    assert "its serial is not used" in page
    assert f"Gemeldet und nicht gezählt, in den letzten 7 Tagen: {count}" in manager.go("/manager?lang=de")
    manager.go("/manager?lang=en")
    lines = source_lines(bench.folder, datetime.now(UTC), as_json=False)
    assert [line.split("  ")[-1] for line in lines if "units" in line] == [f"{PACKAGE_GTIN}: 100 units"]
    (shop, _) = json.loads(source_lines(bench.folder, datetime.now(UTC) + timedelta(days=8), as_json=True)[0])
    assert (count >= 2, shop["left_out_in_7_days"]) == (True, 0)
    assert {one["key"] for one in shop["left_out"]} >= {"hundred", "short"}


def test_K5_a_message_told_again_with_other_content_is_answered_counted_and_listed(served, manager, eventually):
    """The sender would repeat it for ever; the first one counts, and the manager hears of the other."""
    for amount in ("12.99", "12.99", "1.00"):
        tell(served, "again", amount=amount)
    page = manager.go("/manager?lang=en")
    assert "came again under the ID again with other content" in page
    metrics = requests.get(f"{served.url}/metrics", timeout=30).text
    assert 'twincheck_till_messages_told_again_differently_total{source="shop"} ' in metrics
    assert 'differently_total{source="night"} 0' in metrics
    eventually(lambda: served.opened.ledger.figures().unread == 0)


def test_K5_a_rejected_file_is_listed_with_its_reason(bench, served, manager, eventually, tmp_path):
    """Each file once, by its name; a file that was put right and taken away stands there no more."""
    folder = bench.folder.parent / "night"
    eventually((folder / "in").is_dir)
    rejects = folder / "rejects"
    (tmp_path / "day.csv").write_text("no,such,heading\n1,2,3\n")
    (tmp_path / "day.csv").rename(folder / "in" / "day <b>.csv")
    eventually(lambda: any(path.name.endswith(".csv") for path in rejects.iterdir()))
    page = manager.go("/manager?lang=en")
    assert "Files of which something could not be understood: 1" in page
    assert "day &lt;b&gt;.csv</code>: the file: " in page
    lines = source_lines(bench.folder, datetime.now(UTC), as_json=False)
    assert "  files in rejects/: 1; the newest:" in lines
    (rejects / "day <b>.csv.reasons.txt").unlink()
    (rejects / "day <b>.csv.reasons.txt").mkdir()  # whoever shares the folder may put anything there
    assert "day &lt;b&gt;.csv</code></li>" in manager.go("/manager")
    (rejects / "day <b>.csv").unlink()
    assert "could not be understood" not in manager.go("/manager")


def test_K5_a_manager_says_at_the_case_which_source_is_right(served, manager, eventually):
    """A button each source; the line counts, the case is settled, and what was decided can be taken back."""
    of = {"store": STORE, "till": "T1", "business_day": "2026-11-21", "sequence": "900", "line": 1}
    goods = {"gtin": PACKAGE_GTIN, "serial": f"(01){PACKAGE_GTIN}(21)PKG00000009"}
    two = [{"source": "shop", "event": "s", **goods}, {"source": "night", "event": "n", **goods, "kind": "returned"}]
    ledger = served.opened.ledger
    ledger.keep_sales([msgspec.convert(of | told, SaleObserved) for told in two])
    served.opened.bridge.wake()
    eventually(lambda: [case.reason for case in ledger.cases()] == ["told_twice_differently"])
    key = ledger.cases()[0].key
    path = f"/manager/cases/{key}"
    page = manager.go(path)
    assert ("What night told is right" in page, "shop is right" in page) == (True, True)
    form = manager.form(path)
    for changes in ({"source": "nobody"}, {"source": "shop", "event": "x"}, {"source": ""}):
        forced = form.filled({"decision": "believe"} | changes)
        assert manager.http.post(manager.url + path, data=forced, timeout=30).status_code == 422
    assert "Decided" in manager.submit(path, decision="believe", source="shop", event="", note="looked at the receipt")
    eventually(lambda: [len(basket.pieces) for basket in ledger.baskets()] == [1])
    assert (ledger.cases(), ledger.case(key).is_open) == ((), False)
    page = manager.go(path)
    assert "It counts as this source told it: shop" in " ".join(page.split()).replace("</b>", "")
    manager.submit(path, decision="undo", of=ledger.case(key).rulings[0].id)
    eventually(lambda: ledger.case(key).is_open)
    eventually(lambda: not any(basket.pieces for basket in ledger.baskets()))
