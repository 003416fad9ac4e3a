"""The tee passes every byte between scanner and till, both ways, and tells the bridge beside it."""

from hardware.tee.copies import Copy


def test_K5_a_scan_reaches_the_till_unchanged_and_the_bridge_hears_it(bench) -> None:
    """What the scanner sends, the till reads; the copy bears its place in the stream."""
    bridge = bench.listener()
    bench.tee()
    till = bench.open_till()
    scan = b"]d2010940608203112321A1B2C3D4\x1d17270101\r\n\x00\xff\x11\x13\x7f"
    bench.device.port.write(scan)
    assert till.await_bytes(len(scan)) == scan
    bridge.hear(lambda told: len(bridge.text) >= len(scan))
    assert bridge.text == scan
    first = bridge.told[0]
    assert isinstance(first, Copy)
    assert (first.lane, first.offset, first.is_heard, first.is_fresh) == ("till-1", 0, True, True)


def test_K5_what_the_till_says_reaches_the_scanner(bench) -> None:
    """Beeps, triggers and handshakes go the other way, unchanged; the bridge is told nothing of them."""
    bridge = bench.listener()
    bench.tee()
    till, scanner = bench.open_till(), bench.read_device()
    till.port.write(b"\x1b7,\x05\x11\x13\x00\xff\x04\xe6\x04\x00")
    assert scanner.await_bytes(12) == b"\x1b7,\x05\x11\x13\x00\xff\x04\xe6\x04\x00"
    assert bridge.line.receive(0.2) is None
