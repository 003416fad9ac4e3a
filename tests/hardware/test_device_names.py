"""Which device a shop's own name stands for, on machines made of files: replugged, replaced, swapped, and alike."""

import pytest

from hardware.errors import PortFault
from hardware.inventory import (
    DeviceBook,
    Inventory,
    ScannerEntry,
    change_book,
    find_devices,
    stand,
)
from hardware.inventory.binding import bound_to, shared_identities
from hardware.inventory.testing import MachineOfFiles, Plug


class Shop:
    """A machine of files, a station's folder beside it, and what stands where."""

    def __init__(self, folder):
        self.folder = folder / "station"
        self.folder.mkdir()
        self.machine = MachineOfFiles(folder / "machine")

    def plugged(self):
        return find_devices(self.machine.root)

    def add(self, name, plug):
        """Bind a name to what stands in a file, as the wizard does."""
        device = next(device for device in self.plugged() if device.node.endswith(f"/{plug.file}"))
        entry = bound_to(ScannerEntry(name=name, profile="generic", url="tcp://nowhere:1"), device)
        change_book(self.folder, lambda book: book.with_entry(entry))

    def inventory(self):
        return Inventory(self.folder, find=self.plugged)

    def nodes(self):
        return {seen.name: seen.device and seen.device.node for seen in self.inventory().look()}


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def test_K2_a_numbered_scanner_keeps_its_name_through_every_replug(shop):
    """Another file, another socket: its serial number tells that it is the same."""
    left = shop.machine.plug(Plug(serial="S1"))
    shop.add("counter-left", left)
    shop.machine.unplug(left)
    shop.machine.plug(Plug(serial="S2", port="7"))  # takes ttyACM0 meanwhile
    shop.machine.plug(Plug(serial="S1", file="ttyACM1", port="2"))
    seen = shop.inventory().standing("counter-left")
    assert (seen.device.node, seen.is_moved, seen.fault) == ("/dev/ttyACM1", True, None)


def test_K2_two_alike_without_a_number_are_told_apart_by_their_sockets(shop):
    """Whichever is plugged in first: the name follows the socket, never the order."""
    one, two = Plug(port="1"), Plug(port="2", file="ttyACM1")
    for plug, name in ((one, "left"), (two, "right")):
        shop.machine.plug(plug)
        shop.add(name, plug)
    assert shop.nodes() == {"left": "/dev/ttyACM0", "right": "/dev/ttyACM1"}
    for plug in (one, two):
        shop.machine.unplug(plug)
    shop.machine.plug(Plug(port="2", file="ttyACM0"))
    shop.machine.plug(Plug(port="1", file="ttyACM1"))
    assert shop.nodes() == {"left": "/dev/ttyACM1", "right": "/dev/ttyACM0"}


def test_K2_a_number_that_two_scanners_share_tells_nothing(shop):
    """Cheap scanners all say 0001: then the sockets decide, also while only one of them is there."""
    one, two = Plug(port="1", serial="0001"), Plug(port="2", serial="0001", file="ttyACM1")
    for plug, name in ((one, "left"), (two, "right")):
        shop.machine.plug(plug)
        shop.add(name, plug)
    assert shop.nodes() == {"left": "/dev/ttyACM0", "right": "/dev/ttyACM1"}
    shop.machine.unplug(one)
    assert shop.nodes() == {"left": None, "right": "/dev/ttyACM1"}


def test_K2_a_twin_that_was_seen_once_is_not_taken_for_the_first(shop):
    """One name, and a second scanner with the same number that nobody named: after the first is pulled out, silence."""
    one, two = Plug(port="1", serial="0001"), Plug(port="2", serial="0001", file="ttyACM1")
    shop.machine.plug(one)
    shop.add("left", one)
    shop.machine.plug(two)
    inventory = shop.inventory()
    assert inventory.standing("left").device.node == "/dev/ttyACM0"
    shop.machine.unplug(one)
    seen = inventory.standing("left")
    assert (seen.device, seen.fault, seen.candidate.node) == (None, PortFault.REPLACED, "/dev/ttyACM1")


def test_K2_without_a_socket_noted_two_alike_are_not_guessed_between(shop):
    """A by-id name alone, written by hand: udev's link leads to one of the two, and that is no reason to read it."""
    one = shop.machine.plug(Plug(port="1"))
    name = find_devices(shop.machine.root)[0].by_id[0]
    entry = ScannerEntry(name="left", profile="generic", by_id=name)
    assert stand(DeviceBook(scanner=(entry,)), shop.plugged())[0].device.node == "/dev/ttyACM0"
    shop.machine.plug(Plug(port="2", file="ttyACM1"))
    assert stand(DeviceBook(scanner=(entry,)), shop.plugged())[0].fault is PortFault.AMBIGUOUS
    shop.machine.unplug(one)
    assert stand(DeviceBook(scanner=(entry,)), shop.plugged())[0].device.node == "/dev/ttyACM1"
    twins = shared_identities((*shop.plugged(), *shop.plugged()))
    assert stand(DeviceBook(scanner=(entry,)), shop.plugged(), twins=twins)[0].fault is PortFault.AMBIGUOUS


def test_K2_no_device_answers_to_two_names(shop):
    """A book mended by hand may say so: neither is opened."""
    plug = shop.machine.plug(Plug(serial="S1"))
    shop.add("left", plug)
    socket = shop.plugged()[0].by_path[0]
    second = ScannerEntry(name="right", profile="generic", by_path=socket)
    change_book(shop.folder, lambda book: book.with_entry(second))
    assert [seen.fault for seen in shop.inventory().look()] == [PortFault.AMBIGUOUS] * 2
