"""What the photoservice has set aside stands on the manager's page: sent again where that can help, or closed."""

import pytest

from photocore.cards import CardNumber
from photoservice.testing_browser import PlainBrowser
from pos_bridge.testing import BADGE, CARD, PIN, BridgeBench, package_id
from sync.views import RegisterWish


class Everything(set):
    """Whatever comes is in it."""

    def __contains__(self, _):
        return True


@pytest.fixture
def store(tmp_path):
    bench = BridgeBench(folder=tmp_path / "station")
    with bench.served() as served:
        browser = PlainBrowser(served.url)
        browser.go("/sign-in?next=/manager")
        browser.submit("/sign-in", badge=BADGE, pin=PIN)
        yield bench, served, browser


def sync_until(served, eventually, condition):
    """Let the station talk to the photoservice, as often as it takes."""

    def tried():
        served.opened.station.courier.sync_now()
        return condition()

    eventually(tried)


def test_K5_a_registration_undone_that_was_set_aside_is_sent_again(store, eventually):
    """Its fact is whole in public: written once more, under a new name, it is taken."""
    bench, served, browser = store
    desk = served.opened.station.desk
    card = CardNumber(table="club", number=CARD)
    desk.register(
        RegisterWish(
            event_id="ab" * 16, item=package_id(1), level="package", item_typed=False, card=card, card_typed=False
        )
    )
    sync_until(served, eventually, lambda: any(event.id == "ab" * 16 for event in bench.service.applied))
    bench.service.faults.parks = Everything()
    desk.undo("ab" * 16, by="staff", reason="mistake", staff=None)
    sync_until(served, eventually, desk.parked)
    (aside,) = desk.parked()
    bench.service.faults.parks = set()
    assert "A registration that was undone" in browser.go("/manager")
    page = browser.submit(f"/manager/parked/{aside.id}", deed="again")
    assert "Set aside by the photoservice" not in page
    sync_until(served, eventually, lambda: bench.service.applied[-1].public.get("corrects") == aside.id)
    assert browser.http.post(f"{served.url}/manager/parked/{aside.id}", timeout=30).status_code == 403


def test_K5_a_drop_off_that_was_set_aside_is_closed_and_never_sent_twice(store, eventually):
    """It would be another drop-off; the page offers none, and a form made up by hand is refused."""
    bench, served, browser = store
    desk = served.opened.station.desk
    bench.service.faults.parks = Everything()
    browser.go("/lane/1/drop-off?rolls=1")
    browser.submit("/lane/1/drop-off", process="C-41", stops="0", scan="large")
    sync_until(served, eventually, desk.parked)
    (aside,) = desk.parked()
    bench.service.faults.parks = set()
    assert "Eine Annahme" in browser.go("/manager?lang=de")
    page = browser.go("/manager?lang=en")
    assert ("A drop-off" in page, "Send again" in page) == (True, False)
    form = browser.form(f"/manager/parked/{aside.id}")
    forced = browser.http.post(
        f"{served.url}/manager/parked/{aside.id}", data=form.filled({"deed": "again"}), timeout=30
    )
    assert (forced.status_code, desk.parked()) == (409, (aside,))
    assert "Set aside by the photoservice" not in browser.submit(f"/manager/parked/{aside.id}", deed="close")
    assert desk.parked() == ()
