"""``./demo --till``: the whole day at a till, in processes of its own, with the bridge killed in the middle of it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

PLAYED_WITHIN_S = 280

pytestmark = [pytest.mark.xdist_group("demo_till"), pytest.mark.walk, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def played(
    tmp_path_factory: pytest.TempPathFactory, unused_tcp_port_factory: Callable[[], int]
) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("till")
    out, data = folder / "out", folder / "data"
    command = [sys.executable, "-m", "twincheck", "demo", "--till", "--out", str(out), "--keep", str(data)]
    command += ["--port", str(unused_tcp_port_factory())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PLAYED_WITHIN_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out, json.loads((out / "summary.json").read_text())


def codes_on(path: Path) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(Image.open(path).convert("L"))]


def test_K5_O19_a_box_and_a_card_in_one_basket_are_registered_and_labelled_at_the_till(played):
    out, summary = played
    assert (summary["sold"]["papers"], summary["sold"]["was_held"]) == (5, True)
    labels = [codes_on(out / "labels" / f"till_{number}.png") for number in range(1, 5)]
    assert len({tuple(sorted(codes)) for codes in labels}) == 4
    assert all(codes for codes in labels)


def test_K5_what_was_registered_stands_on_the_tills_own_receipt_and_on_no_other(played):
    out, _ = played
    links = [
        [text for text in codes_on(path) if "/r#" in text] for path in sorted((out / "labels").glob("receipt_*.png"))
    ]
    assert [len(found) for found in links] == [0, 1, *[0] * (len(links) - 2)]


def test_K5_the_till_scans_on_while_the_bridge_is_dead_and_a_refund_ends_a_registration(played):
    _, summary = played
    survived = summary["sold_while_the_bridge_was_dead"]
    assert survived["pieces"] == [survived["package"]]
    assert summary["given_back"] == {
        **summary["given_back"],
        "package": summary["sold"]["package"],
        "is_registered": False,
    }


def test_S4_an_order_is_charged_by_a_code_that_any_till_can_scan(played):
    _, summary = played
    ean, minor = summary["order_paid"]["ean"], summary["order_paid"]["minor"]
    assert len(ean) == 13
    assert str(minor) in ean


def test_S1_a_drop_off_prints_its_bag_label_twin_checks_and_claim_stub(played):
    out, summary = played
    texts = [" ".join(codes_on(path)) for path in sorted((out / "labels").glob("drop_off_*.png"))]
    assert len(texts) == 4
    assert sum(summary["drop_off"]["bag"] in text for text in texts) >= 2
    assert sum("TCT-" in text for text in texts) == 2


def test_K5_one_sale_arrives_by_each_adapter_forged_ones_by_none_and_the_manager_sees_the_mismatch(played):
    out, summary = played
    assert sorted(summary["arrived"]) == ["files", "odoo", "poslog", "shopify", "square", "standard"]
    assert all(summary["arrived"].values())
    assert summary["forged_is_answered"] == 401
    assert summary["mismatch"]["reason"] == "more_scans_than_sold"
    assert len(summary["mismatch"]["pieces"]) == 2
    assert "More packages scanned than sold" in (out / "manager.html").read_text()
