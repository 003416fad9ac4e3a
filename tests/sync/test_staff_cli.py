"""``twincheck station staff``: as a manager uses it, beside a running kiosk and without one."""

import io
import json

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from photocore.cards import CardNumber, CardTable
from sync.cli import station_command
from sync.control import ask_holder

BADGES = CardTable(name="staff", kind="badge", symbologies=("code-128",), pattern=r"8123\d{4}", typed=False)
BADGE = CardNumber(table="staff", number="81239907")
PIN = "402817"


@pytest.fixture
def world(make_world):
    snapshot = make_world().snapshot
    one = make_world(snapshot=replace(snapshot, card_tables=(*snapshot.card_tables, BADGES)))
    one.enrol()
    return one


@pytest.fixture
def staff(world, monkeypatch, capsys):
    """Return a caller of the command: (exit code, stdout, stderr), with a PIN on stdin."""

    def call(*arguments: str, pin: str = PIN) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(pin + "\n"))
        code = station_command(["staff", *arguments, "--dir", str(world.folder)])
        told = capsys.readouterr()
        return code, told.out, told.err

    with capture_logs():  # a running station logs its rounds in this very process, to the same standard output
        yield call


ADD = ("add", "--name", "Anna Berg", "--badge", "8123 9907", "--pin-stdin")


def test_K3_a_manager_adds_lists_and_removes_without_a_running_station(world, staff):
    """The station is opened for it and closed again; the badge's number is never shown whole."""
    code, out, _ = staff(*ADD)
    assert (code, "Anna Berg may sign in with badge •••• 9907 as cashier" in out) == (0, True)

    code, out, _ = staff("list", "--json")
    (member,) = json.loads(out)["members"]
    assert (code, member["name"], member["badge"], member["locked_until"]) == (0, "Anna Berg", "•••• 9907", None)
    assert world.open().staff.sign_in(BADGE, PIN).id == member["id"]
    world.close()

    code, out, _ = staff("remove", "Anna Berg")
    assert (code, out) == (0, "Anna Berg may not sign in any more.\nNobody else is in the staff book.\n")


def test_K3_beside_a_running_kiosk_its_holder_is_asked(world, staff):
    """The change counts at once in the running process; a lock is ended there too."""
    station = world.open(carry=True)

    assert staff(*ADD)[0] == 0

    member = station.staff.sign_in(BADGE, PIN)
    for _ in range(5):
        with pytest.raises(Exception, match="PIN"):
            station.staff.sign_in(BADGE, "000001")
    assert "locked until" in staff("list")[1]
    code, out, _ = staff("unlock", member.id)
    assert (code, out.splitlines()[0]) == (0, "Anna Berg may sign in again.")
    assert "locked" not in out
    assert station.staff.sign_in(BADGE, PIN) == member


@pytest.mark.parametrize("is_running", [False, True])
@pytest.mark.parametrize(
    ("arguments", "pin", "why"),
    [
        (ADD, "123456", "count up or down"),
        (ADD, "", "6 to 12 digits"),
        (("add", "--name", "Ben", "--badge", "9912344711", "--pin-stdin"), PIN, "no badge of this store"),
        (("remove", "Nobody"), "", "There is no 'Nobody' in the staff book"),
    ],
)
def test_K3_a_refusal_is_the_same_sentence_with_and_without_a_running_station(
    world, staff, is_running, arguments, pin, why
):
    """Exit code 1, on stderr, and nothing changed."""
    if is_running:
        assert world.open(carry=True).courier.sync_now().ok

    code, out, err = staff(*arguments, pin=pin)

    assert (code, out) == (1, "")
    assert why in err
    assert staff("list")[1] == "Nobody may sign in yet.\n"


def test_K3_a_pin_is_never_taken_without_somebody_to_type_it(world, staff):
    """A script must say that the PIN stands on its stdin."""
    code, _, err = staff("add", "--name", "Anna", "--badge", "81239907")

    assert code == 1
    assert "--pin-stdin" in err


def test_K3_the_pin_is_asked_twice_without_echo(world, monkeypatch, capsys):
    """Two different ones change nothing."""
    asked: list[str] = []

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or f"40281{len(asked)}")

    code = station_command(["staff", "add", "--name", "Anna", "--badge", "81239907", "--dir", str(world.folder)])

    assert (code, len(asked)) == (1, 2)
    assert "not the same" in capsys.readouterr().err


@pytest.mark.parametrize(("pin", "why"), [("4028", "6 to 12 digits"), ("123456", "count up or down")])
def test_K3_a_pin_that_cannot_be_taken_is_refused_before_it_is_asked_again(world, monkeypatch, capsys, pin, why):
    """Nobody types a PIN twice to hear that it is too short."""
    asked: list[str] = []

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or pin)

    code = station_command(["staff", "add", "--name", "Anna", "--badge", "81239907", "--dir", str(world.folder)])

    assert (code, len(asked)) == (1, 1)
    assert why in capsys.readouterr().err


def test_K3_who_stays_is_listed_below_the_sentence_about_who_was_removed(staff):
    """The answer comes first; JSON has both."""
    staff(*ADD)
    staff("add", "--name", "Jon", "--badge", "81230001", "--pin-stdin")

    code, out, _ = staff("remove", "Jon")

    said, left = out.splitlines()
    assert (code, said) == (0, "Jon may not sign in any more.")
    assert "Anna Berg" in left
    told = json.loads(staff("remove", "Anna Berg", "--json")[1])
    assert told == {"removed": "Anna Berg", "members": []}


def test_K3_two_members_of_one_name_are_told_apart_by_id(world, staff):
    """Nobody is removed by mistake."""
    staff(*ADD)
    staff("add", "--name", "Anna Berg", "--badge", "81230001", "--pin-stdin")

    code, _, err = staff("remove", "Anna Berg")

    assert (code, "2 members are called so" in err) == (1, True)


def test_K3_the_pin_is_in_no_log_when_the_question_is_garbled(world, staff, capsys):
    """A question of more than a kilobyte is no question: the caller is told nothing, the log no PIN."""
    world.open(carry=True)

    answer = ask_holder(world.folder, "staff add", more={"name": "Anna" * 500, "badge": "81239907", "pin": PIN})

    assert answer in (None, {"error": "The running station broke off; ask again."})
    told = capsys.readouterr()
    assert PIN not in told.out + told.err


def test_K3_a_folder_that_is_no_station_is_not_made_one(tmp_path, capsys):
    """On stderr, with what to do."""
    folder = tmp_path / "none"

    assert station_command(["staff", "list", "--dir", str(folder)]) == 1

    assert "twincheck station enrol" in capsys.readouterr().err
    assert not folder.exists()
