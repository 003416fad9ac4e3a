"""What is plugged in is read from the kernel's own files; what a device says of itself is never trusted."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.inventory import find_devices
from hardware.inventory.finder import MOST_TEXT
from hardware.inventory.testing import MachineOfFiles, Plug


def one(root):
    (device,) = find_devices(root)
    return device


def test_K2_a_scanner_is_known_by_numbers_words_and_both_its_names(tmp_path):
    """As Debian's udev names it, and with the socket as we work it out ourselves."""
    machine = MachineOfFiles(tmp_path)
    machine.plug(Plug(serial="S21107", port="1.3", interface="02"))
    device = one(tmp_path)
    assert (device.way, device.node, device.usb, device.serial) == ("serial", "/dev/ttyACM0", "05e0:1701", "S21107")
    assert (device.interface, device.title) == ("02", "Symbol Technologies, Inc, 2008 Symbol Bar Code Scanner")
    assert device.url == f"serial://{tmp_path}/dev/ttyACM0"
    assert device.by_id == ("/dev/serial/by-id/usb-Symbol_Technologies__Inc__2008_Symbol_Bar_Code_Scanner_S21107-if02",)
    assert device.by_path == (
        "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.3:1.2",
        "pci-0000:00:14.0-usb-0:1.3:1.2",
    )


def test_K2_without_udev_the_socket_is_known_all_the_same(tmp_path):
    """A container has no links: the name of the socket is worked out as udev's path_id does."""
    MachineOfFiles(tmp_path, has_udev=False).plug(Plug())
    assert (one(tmp_path).by_id, one(tmp_path).by_path) == ((), ("pci-0000:00:14.0-usb-0:1:1.0",))


def test_K2_a_newer_udevs_second_name_comes_after_the_plain_one(tmp_path):
    """systemd 255 names a socket twice, with the USB version and without."""
    MachineOfFiles(tmp_path).plug(Plug())
    folder = tmp_path / "dev/serial/by-path"
    (folder / "pci-0000:00:14.0-usbv2-0:1:1.0").symlink_to(tmp_path / "dev/ttyACM0")
    assert [Path(name).name for name in one(tmp_path).by_path] == [
        "pci-0000:00:14.0-usb-0:1:1.0",
        "pci-0000:00:14.0-usbv2-0:1:1.0",
        "pci-0000:00:14.0-usb-0:1:1.0",
    ]


def test_K2_a_serial_adapter_has_one_folder_more(tmp_path):
    """ttyUSB0 stands below its port below the interface (drivers/usb/serial): what tells it is found above."""
    machine = MachineOfFiles(tmp_path)
    machine.plug(Plug(file="ttyUSB0", usb="0403:6001", serial="A9", maker="FTDI", model="FT232R"))
    usual = tmp_path / "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0"
    deeper = usual / "ttyUSB0/tty/ttyUSB0"
    deeper.parent.mkdir(parents=True)
    (usual / "tty/ttyUSB0").rename(deeper)
    listed = tmp_path / "sys/class/tty/ttyUSB0"
    listed.unlink()
    listed.symlink_to(deeper)
    device = one(tmp_path)
    assert (device.usb, device.serial, device.interface) == ("0403:6001", "A9", "00")
    assert device.by_path[-1] == "pci-0000:00:14.0-usb-0:1:1.0"


def test_K2_consoles_and_spare_ports_are_nothing_to_plug_in(tmp_path):
    """A virtual console has no device; of the kernel's four UARTs only those that are there have a type."""
    listed = tmp_path / "sys/class/tty"
    (tmp_path / "dev").mkdir()
    for name, port_type, has_device in (("tty1", None, False), ("ttyS0", "4", True), ("ttyS1", "0", True)):
        (listed / name).mkdir(parents=True)
        (tmp_path / "dev" / name).touch()
        if port_type:
            (listed / name / "type").write_text(f"{port_type}\n")
        if has_device:
            (listed / name / "device").mkdir()
    assert [(device.node, device.usb, device.by_path) for device in find_devices(tmp_path)] == [("/dev/ttyS0", "", ())]


def test_K2_a_keyboard_types_and_a_power_button_does_not(tmp_path):
    """By the kernel's table of keys; a scanner's second part (volume keys, its maker's own page) is no keyboard."""
    machine = MachineOfFiles(tmp_path)
    machine.plug(Plug(way="input", file="event3", usb="05e0:1200"))
    machine.plug(Plug(way="input", file="event4", port="2", keys=(116,)))
    machine.plug(Plug(way="input", file="event10", port="3", usb="0c2e:0204"))
    assert [device.url for device in find_devices(tmp_path)] == [
        f"evdev://{tmp_path}/dev/input/event3",
        f"evdev://{tmp_path}/dev/input/event10",
    ]


def test_K3_a_printers_file_and_a_cameras_first_are_found(tmp_path):
    """A camera's second file has its metadata."""
    machine = MachineOfFiles(tmp_path)
    machine.plug(Plug(way="printer", file="lp0", usb="04b8:0202", maker="EPSON", model="TM-L90"))
    machine.plug(Plug(way="camera", file="video0", port="2", usb="046d:085e"))
    machine.plug(Plug(way="camera", file="video1", port="2", interface="01", usb="046d:085e"))
    (tmp_path / "sys/class/video4linux/video1/index").write_text("1\n")
    (tmp_path / "dev/twincheck").mkdir()
    (tmp_path / "dev/twincheck/printer-04b8-J1").symlink_to(tmp_path / "dev/usb/lp0")
    printer, camera = find_devices(tmp_path)
    assert (printer.url, printer.by_id) == (f"file://{tmp_path}/dev/usb/lp0", ("/dev/twincheck/printer-04b8-J1",))
    assert camera.url == f"camera://{tmp_path}/dev/video0"


@settings(max_examples=60)
@given(st.binary(max_size=300), st.binary(max_size=300))
def test_K2_any_plug_may_claim_any_text(tmp_path_factory, serial, model):
    """Escape sequences, bytes that are no text, kilobytes: what is kept can be shown, stored and compared."""
    root = tmp_path_factory.mktemp("machine")
    MachineOfFiles(root).plug(Plug(serial="x"))
    usb = root / "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1"
    (usb / "serial").write_bytes(serial * 40)
    (usb / "product").write_bytes(model)
    device = one(root)
    for text in (device.serial, device.model, device.title):
        assert text.isprintable()
        assert len(text) <= 2 * MOST_TEXT + 1
    assert one(root) == device


def test_K2_a_device_that_goes_while_we_look_leaves_no_trace(tmp_path):
    """sysfs is read file by file: what is gone is empty, and never a crash."""
    machine = MachineOfFiles(tmp_path)
    machine.plug(Plug(serial="S1"))
    for path in sorted((tmp_path / "sys/devices").rglob("*"), reverse=True):
        if path.is_file():
            path.unlink()
    assert (one(tmp_path).usb, one(tmp_path).serial) == ("", "")
    (tmp_path / "dev/ttyACM0").unlink()
    assert find_devices(tmp_path) == ()


def test_K2_links_that_lead_nowhere_or_round_in_a_circle_are_no_names(tmp_path):
    """A /dev that somebody tidied by hand."""
    MachineOfFiles(tmp_path).plug(Plug())
    folder = tmp_path / "dev/serial/by-id"
    (folder / "gone").symlink_to(tmp_path / "dev/ttyACM9")
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    assert len(one(tmp_path).by_id) == 1


@pytest.mark.parametrize("root", ["none", "empty"])
def test_K2_a_machine_without_any_of_it_has_no_devices(tmp_path, root):
    """Some containers have no sysfs at all."""
    (tmp_path / "empty").mkdir()
    assert find_devices(tmp_path / root) == ()


def test_K2_this_machine_is_read_without_a_fault():
    """Whatever it has."""
    for device in find_devices():
        assert device.node.startswith("/dev/")
        assert device.title
