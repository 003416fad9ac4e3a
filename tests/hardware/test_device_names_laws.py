"""What holds of names and devices whatever is plugged in, in whatever order: laws of the pure binding."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.errors import PortFault
from hardware.inventory import DeviceBook, Plugged, ScannerEntry, stand
from hardware.inventory.binding import bound_to, is_in_socket, shared_identities

MODELS = ("05e0:1701", "0c2e:0200")
NUMBERS = ("", "0001", "S1", "S2")
PORTS = ("1", "2", "3", "4")

half = settings(max_examples=settings().max_examples // 2)  # of what the check, or the night, looks at elsewhere


def device(model, number, port, file):
    return Plugged(
        way="serial",
        node=f"/dev/ttyACM{file}",
        url=f"serial:///dev/ttyACM{file}",
        usb=model,
        serial=number,
        interface="00",
        by_path=(f"/dev/serial/by-path/pci-0000:00:14.0-usb-0:{port}:1.0",),
    )


@st.composite
def machines(draw):
    """Draw what is plugged in at one time: at most one device a socket, files in any order."""
    ports = draw(st.lists(st.sampled_from(PORTS), unique=True))
    files = draw(st.permutations(range(len(ports))))
    kinds = [(draw(st.sampled_from(MODELS)), draw(st.sampled_from(NUMBERS))) for _ in ports]
    return tuple(
        device(model, number, port, file) for (model, number), port, file in zip(kinds, ports, files, strict=True)
    )


def book_of(plugged):
    """Name each device by its socket, as the wizard would."""
    return DeviceBook(
        scanner=tuple(
            bound_to(ScannerEntry(name=f"at-{number}", profile="generic", url="tcp://nowhere:1"), one)
            for number, one in enumerate(plugged)
        )
    )


@half
@given(machines(), machines(), st.randoms(use_true_random=False))
def test_K2_a_name_never_stands_for_a_device_that_is_not_its_own(named, later, chance):
    """Not for another model or number, not one device for two names, and never by the order of things."""
    book = book_of(named)
    standings = stand(book, later)
    nodes = [standing.device.node for standing in standings if standing.device]
    assert len(nodes) == len(set(nodes))
    for standing in standings:
        assert (standing.device is None) == (standing.fault is not None)
        if standing.device:
            assert (standing.device.usb, standing.device.serial) == (
                standing.entry.usb,
                standing.entry.serial or "",
            ) or (standing.entry.serial is None and is_in_socket(standing.entry, standing.device))
    shuffled = list(later)
    chance.shuffle(shuffled)
    again = stand(book, shuffled)
    assert [(one.name, one.device, one.fault, set(one.candidates)) for one in again] == [
        (one.name, one.device, one.fault, set(one.candidates)) for one in standings
    ]


@half
@given(machines())
def test_K2_what_was_just_named_is_found_at_once(named):
    """Whatever the numbers: two alike, all alike, none."""
    assert [standing.device for standing in stand(book_of(named), named)] == list(named)


@half
@given(machines(), st.data())
def test_K2_who_stays_in_its_socket_keeps_its_name_while_others_are_pulled_out(named, data):
    """Nothing that is unplugged elsewhere moves a name, and no file number does."""
    book = book_of(named)
    left = [one for one in named if data.draw(st.booleans())]
    files = data.draw(st.permutations(range(len(left))))
    renamed = [device(one.usb, one.serial, one.by_path[0][-5], file) for one, file in zip(left, files, strict=True)]
    found = {standing.entry.by_path: standing.device for standing in stand(book, renamed)}
    assert {one.by_path[0]: one for one in renamed} == {path: one for path, one in found.items() if one}


@half
@given(machines(), machines())
def test_K2_of_two_that_were_seen_alike_only_the_socket_tells(named, later):
    """Once two devices showed one number, it is believed of neither again."""
    twins = shared_identities(named)
    for standing in stand(book_of(named), later, twins=twins):
        if standing.device and standing.device.identity in twins:
            assert is_in_socket(standing.entry, standing.device)


@half
@given(machines(), machines())
def test_K2_only_what_has_no_name_is_proposed_and_only_for_what_is_missing(named, later):
    """And a question always has something to point at."""
    standings = stand(book_of(named), later)
    taken = {standing.device for standing in standings if standing.device}
    for standing in standings:
        assert not taken & set(standing.candidates)
        assert bool(standing.candidates) == (standing.fault is PortFault.REPLACED)
