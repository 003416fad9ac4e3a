"""Scanners that are keyboards: keys read by their country's keymap, nothing guessed, lost, or let through."""

import ctypes
import ctypes.util
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import ProfileWrong
from hardware.input_events.codes import EV_KEY, EV_SYN, KEYS, SYN_DROPPED, SYN_REPORT
from hardware.input_events.decoder import InputEvent
from hardware.scanner import Frame, ScannerLink, load_profile
from hardware.scanner.framing import Framer
from hardware.scanner.hid import HidDialogue, Keymap, keymap_names, load_keymap
from hardware.testing import Workbench
from hardware.transport.input_device import switch_events
from photocore.errors import CodeError
from photocore.symbology import decode
from photocore.testing import ManualClock

CONFIG = Path(__file__).parents[2] / "config"
WAIT_S = 30.0
COUNTRIES = ("us", "uk", "de", "fr")
REPORT = InputEvent(kind=EV_SYN, code=SYN_REPORT, value=0)
DROPPED = InputEvent(kind=EV_SYN, code=SYN_DROPPED, value=0)
GS1 = b"]d20109506000134352211234567A\x1d91XK7Q2M"

SCAN_A1 = bytes.fromhex(
    # "A1" and Enter as a USB keyboard scanner types it, in the order the kernel tells it: each report is scan code
    # (MSC_SCAN), key, SYN_REPORT; Shift goes down before the A and up after it. Written by hand from the kernel's
    # Documentation/input/event-codes.rst and linux/input-event-codes.h, for 64 bits: no scanner was at hand.
    "1e0c5a6700000000d3a3040000000000" "04000400" "e1000700"
    "1e0c5a6700000000d3a3040000000000" "01002a00" "01000000"
    "1e0c5a6700000000d3a3040000000000" "00000000" "00000000"
    "1e0c5a6700000000bba7040000000000" "04000400" "04000700"
    "1e0c5a6700000000bba7040000000000" "01001e00" "01000000"
    "1e0c5a6700000000bba7040000000000" "00000000" "00000000"
    "1e0c5a6700000000a3ab040000000000" "04000400" "04000700"
    "1e0c5a6700000000a3ab040000000000" "01001e00" "00000000"
    "1e0c5a6700000000a3ab040000000000" "04000400" "e1000700"
    "1e0c5a6700000000a3ab040000000000" "01002a00" "00000000"
    "1e0c5a6700000000a3ab040000000000" "00000000" "00000000"
    "1e0c5a67000000008baf040000000000" "04000400" "1e000700"
    "1e0c5a67000000008baf040000000000" "01000200" "01000000"
    "1e0c5a67000000008baf040000000000" "00000000" "00000000"
    "1e0c5a670000000073b3040000000000" "04000400" "1e000700"
    "1e0c5a670000000073b3040000000000" "01000200" "00000000"
    "1e0c5a670000000073b3040000000000" "00000000" "00000000"
    "1e0c5a67000000005bb7040000000000" "04000400" "28000700"
    "1e0c5a67000000005bb7040000000000" "01001c00" "01000000"
    "1e0c5a67000000005bb7040000000000" "00000000" "00000000"
    "1e0c5a670000000043bb040000000000" "04000400" "28000700"
    "1e0c5a670000000043bb040000000000" "01001c00" "00000000"
    "1e0c5a670000000043bb040000000000" "00000000" "00000000"
)  # fmt: skip

MODIFIERS_OF_LEVEL = ((), ("KEY_LEFTSHIFT",), ("KEY_RIGHTALT",))


def down(name: str) -> InputEvent:
    """Return a key that goes down."""
    return InputEvent(kind=EV_KEY, code=KEYS[name], value=1)


def up(name: str) -> InputEvent:
    """Return a key that comes up."""
    return InputEvent(kind=EV_KEY, code=KEYS[name], value=0)


def stroke(*names: str) -> list[InputEvent]:
    """Return keys that go down one after another, and up again the other way round, a report each."""
    return [event for step in (*map(down, names), *map(up, reversed(names))) for event in (step, REPORT)]


def packed(events: Iterable[InputEvent]) -> bytes:
    """Return events as this machine's kernel writes them."""
    return b"".join(event.pack() for event in events)


def typed(text: bytes, keymap: Keymap) -> list[InputEvent]:
    """Type ``text`` and Enter as a scanner does that is set to ``keymap``'s country; GS is Ctrl and ]'s place."""
    return [event for byte in text for event in strokes_for(chr(byte), keymap)] + stroke("KEY_ENTER")


def strokes_for(character: str, keymap: Keymap) -> list[InputEvent]:
    """Return the strokes for one character; a dead key is followed by a space."""
    if character == "\x1d":
        return stroke("KEY_LEFTCTRL", "KEY_RIGHTBRACE")
    key, level = next(
        (key, typed.index(character)) for key, typed in keymap.keys.items() if character in typed and key in KEYS
    )
    space = stroke("KEY_SPACE") if character in keymap.dead.get(key, "") else []
    return stroke(*MODIFIERS_OF_LEVEL[level], key) + space


def reading(country: str) -> HidDialogue:
    """Return the dialogue with a scanner of this country."""
    return HidDialogue(load_keymap(CONFIG, country), Framer(end="crlf"))


def frames(dialogue: HidDialogue, events: Iterable[InputEvent], now: float = 1.0) -> list[bytes]:
    """Feed events at once; return the frames' bytes."""
    return [frame.data for frame in dialogue.feed(packed(events), now)]


# -- what a scanner types -------------------------------------------------------------------------------------------


def test_K2_the_kernels_own_bytes_become_a_frame():
    dialogue = HidDialogue(load_keymap(CONFIG, "us"), Framer(end="crlf"))
    assert [frame.data for frame in dialogue.feed(SCAN_A1, 1.0)] == [b"A1"]


@pytest.mark.parametrize("country", COUNTRIES)
def test_K2_every_ordinary_character_comes_through_in_every_country(country: str):
    text = bytes(range(0x20, 0x7F))
    assert frames(reading(country), typed(text, load_keymap(CONFIG, country))) == [text]


@pytest.mark.parametrize("country", COUNTRIES)
def test_K2_a_gs1_code_keeps_its_aim_id_and_its_separator(country: str):
    (frame,) = frames(reading(country), typed(GS1, load_keymap(CONFIG, country)))
    assert frame == GS1
    assert decode(frame).aim == "]d2"


@pytest.mark.parametrize("country", COUNTRIES)
@given(text=st.binary(min_size=1, max_size=40).map(lambda raw: bytes(0x20 + byte % 0x5F for byte in raw)))
def test_K2_what_was_typed_is_what_is_read(country: str, text: bytes):
    assert frames(reading(country), typed(text, load_keymap(CONFIG, country))) == [text]


def test_K2_a_scanner_of_another_country_garbles_and_never_passes_for_a_code():
    german = typed(b"TCR-7QXZ/Y", load_keymap(CONFIG, "de"))
    (frame,) = frames(reading("us"), german)
    assert frame != b"TCR-7QXZ/Y"


@given(cuts=st.lists(st.integers(0, len(SCAN_A1)), max_size=6))
def test_K2_events_cut_anywhere_are_the_same_scan(cuts: list[int]):
    dialogue = HidDialogue(load_keymap(CONFIG, "us"), Framer(end="crlf"))
    edges = [0, *sorted(cuts), len(SCAN_A1)]
    found = [frame.data for start, end in pairwise(edges) for frame in dialogue.feed(SCAN_A1[start:end], 1.0)]
    assert found == [b"A1"]


def test_K2_a_key_held_down_types_once():
    held = [down("KEY_A"), REPORT, *[InputEvent(kind=EV_KEY, code=KEYS["KEY_A"], value=2), REPORT] * 30, up("KEY_A")]
    assert frames(reading("us"), [*held, *stroke("KEY_ENTER")]) == [b"a"]


def test_K2_caps_lock_turns_letters_and_nothing_else():
    events = [*stroke("KEY_CAPSLOCK"), *stroke("KEY_A"), *stroke("KEY_LEFTSHIFT", "KEY_B"), *stroke("KEY_1")]
    assert frames(reading("us"), [*events, *stroke("KEY_CAPSLOCK"), *stroke("KEY_A", "KEY_ENTER")]) == [b"Ab1a"]


def test_K2_alt_and_a_number_on_the_number_pad_is_the_character_of_that_number():
    gs = [down("KEY_LEFTALT"), *stroke("KEY_KP0"), *stroke("KEY_KP2"), *stroke("KEY_KP9"), up("KEY_LEFTALT")]
    assert frames(reading("de"), [*stroke("KEY_1"), *gs, *stroke("KEY_2"), *stroke("KEY_ENTER")]) == [b"1\x1d2"]


@pytest.mark.parametrize("end", ["KEY_ENTER", "KEY_KPENTER", "KEY_TAB"])
def test_K2_whichever_key_a_scanner_ends_with_ends_the_scan(end: str):
    assert frames(reading("us"), [*stroke("KEY_1"), *stroke(end), *stroke("KEY_2"), *stroke(end)]) == [b"1", b"2"]


def test_K2_digits_of_the_number_pad_are_digits():
    assert frames(reading("fr"), [*stroke("KEY_KP4"), *stroke("KEY_KP0"), *stroke("KEY_KPENTER")]) == [b"40"]


# -- what must not come through -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile",
    [
        stroke("KEY_LEFTALT", "KEY_F4"),
        stroke("KEY_LEFTMETA", "KEY_R"),
        stroke("KEY_F1"),
        stroke("KEY_ESC"),
        stroke("KEY_LEFTCTRL", "KEY_O"),
        stroke("KEY_BACKSPACE"),
        stroke("KEY_UP"),
        stroke("KEY_LEFTCTRL", "KEY_I"),
        [down("KEY_LEFTALT"), *stroke("KEY_KP9") * 50, up("KEY_LEFTALT")],
        [down("KEY_LEFTALT"), *stroke("KEY_KP2") * 3, up("KEY_LEFTALT")],
        [down("KEY_LEFTALT"), *stroke("KEY_KP0") * 3, up("KEY_LEFTALT")],
        [InputEvent(kind=EV_KEY, code=0x2FF, value=1), REPORT],
    ],
    ids=[
        "Alt+F4",
        "GUI+R",
        "F1",
        "Escape",
        "Ctrl+O",
        "Backspace",
        "arrow",
        "Ctrl+I",
        "Alt+9...",
        "Alt+222",
        "Alt+000",
        "unknown",
    ],
)
def test_K2_a_key_that_types_no_character_makes_the_whole_code_refused(hostile: list[InputEvent]):
    (frame,) = frames(reading("us"), [*stroke("KEY_1"), *hostile, *stroke("KEY_2"), *stroke("KEY_ENTER")])
    assert frame[:1] == b"1"
    assert frame[-1:] == b"2"
    with pytest.raises(CodeError, match="control character"):
        decode(frame)


@pytest.mark.parametrize("last", [stroke("KEY_A"), []], ids=["a letter", "nothing"])
def test_K2_a_dead_key_without_its_space_makes_the_code_refused(last: list[InputEvent]):
    (frame,) = frames(reading("de"), [*stroke("KEY_GRAVE"), *last, *stroke("KEY_ENTER")])
    with pytest.raises(CodeError, match="control character"):
        decode(frame)


@given(noise=st.binary(max_size=2000))
def test_K2_no_bytes_whatever_break_it_or_fill_its_memory(noise: bytes):
    framer = Framer(end="crlf")
    for frame in HidDialogue(load_keymap(CONFIG, "us"), framer).feed(noise, 1.0):
        assert len(frame.data) <= 513
    assert framer.held_bytes <= 512


def test_K2_a_keyboard_that_never_ends_a_code_is_told_once_and_dropped():
    told = frames(reading("us"), stroke("KEY_A") * 2000)
    assert [len(frame) for frame in told] == [513]


def test_K2_where_the_kernel_threw_events_away_no_half_code_comes_through():
    us = load_keymap(CONFIG, "us")
    whole, torn, after = typed(b"FIRST", us), typed(b"SECOND", us), typed(b"THIRD", us)
    dialogue = reading("us")
    stream = [*whole, *torn[:7], DROPPED, *torn[20:], *after]
    assert frames(dialogue, stream) == [b"FIRST", b"THIRD"]
    assert dialogue.counts.dropped_bytes > 0


def test_K2_shift_that_was_down_when_events_were_thrown_away_does_not_stay():
    us = load_keymap(CONFIG, "us")
    dialogue = reading("us")
    assert frames(dialogue, [down("KEY_LEFTSHIFT"), DROPPED, REPORT, *typed(b"x", us), *typed(b"abc", us)]) == [b"abc"]


def test_K2_a_scan_under_way_at_the_opening_is_dropped_and_the_next_is_read():
    us = load_keymap(CONFIG, "us")
    dialogue = reading("us")
    dialogue.join(0.0)
    assert dialogue.feed(switch_events(0), 0.0) == []
    assert frames(dialogue, typed(b"HALF", us), 0.01) == []
    assert frames(dialogue, typed(b"WHOLE", us), 0.02) == [b"WHOLE"]


def test_K2_a_code_whose_enter_was_lost_is_dropped_after_a_second():
    us = load_keymap(CONFIG, "us")
    dialogue = reading("us")
    assert frames(dialogue, typed(b"LOST", us)[:-4], 1.0) == []
    due = dialogue.due()
    assert due is not None
    assert dialogue.silence(due) == []
    assert frames(dialogue, typed(b"NEXT", us), due + 1) == [b"NEXT"]


def test_K2_nothing_is_ever_written_to_a_keyboard():
    dialogue = reading("us")
    assert not dialogue.answer(ok=False, now=1.0)
    assert dialogue.outgoing(1.0) == b""


# -- the whole link ---------------------------------------------------------------------------------------------------

URL = "evdev:///dev/input/by-id/usb-ACME_Scanner-event-kbd"


@pytest.fixture
def bench() -> Iterator[Workbench]:
    """Return a bench to plug a scanner in; at the end everything is pulled out."""
    bench = Workbench()
    yield bench
    bench.clear()


def until(is_so: Callable[[], bool]) -> None:
    """Wait, for as long as a busy machine may need, until ``is_so``."""
    pause = threading.Event()
    for _ in range(int(WAIT_S / 0.01)):
        if is_so():
            return
        pause.wait(0.01)
    raise AssertionError("it did not come to be so")


@pytest.mark.parametrize("country", COUNTRIES)
def test_K2_a_keyboard_scanner_is_ours_alone_reads_and_comes_back_after_an_unplug(country: str, bench: Workbench):
    profile = load_profile(CONFIG, f"hid_{country}")
    heard: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    code = packed(typed(GS1, load_keymap(CONFIG, country)))
    bench.plug(URL)
    link = ScannerLink(URL, profile, ManualClock(), heard.put, opener=bench)
    link.start()
    for _ in range(2):
        until(lambda: link.state.is_up)
        bench.device(URL).write(code)
        assert heard.get(timeout=WAIT_S).data == GS1
        bench.unplug(URL)
        until(lambda: not link.state.is_up)
        bench.plug(URL)
    assert link.stop(WAIT_S)
    assert all(settings.is_exclusive for _, settings in bench.opened)
    assert link.state.counts.outages == 2


def test_K2_the_same_code_typed_twice_in_a_moment_is_one_scan(bench: Workbench):
    heard: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    bench.plug(URL)
    link = ScannerLink(URL, load_profile(CONFIG, "hid_us"), ManualClock(), heard.put, opener=bench)
    link.start()
    until(lambda: link.state.is_up)
    bench.device(URL).write(SCAN_A1 * 2)
    assert [heard.get(timeout=WAIT_S).repeated for _ in range(2)] == [False, True]
    assert not link.answer(ok=True)
    assert link.stop(WAIT_S)


# -- keymaps --------------------------------------------------------------------------------------------------------


def test_K2_there_is_a_keymap_for_each_country():
    assert set(keymap_names(CONFIG)) == set(COUNTRIES)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ('KEY_NONE = "x"', "KEY_NONE"),
        ('KEY_A = ""', "KEY_A types 1 to 3"),
        ('KEY_A = "aAbB"', "KEY_A types 1 to 3"),
        ('KEY_A = "a"', "no key types A"),
    ],
)
def test_a_keymap_no_keyboard_can_have_is_refused(tmp_path: Path, broken: str, says: str):
    us = (CONFIG / "devices" / "keymaps" / "us.toml").read_text()
    folder = tmp_path / "devices" / "keymaps"
    folder.mkdir(parents=True)
    (folder / "odd.toml").write_text(us.replace('KEY_A = "aA"', broken))
    with pytest.raises(ProfileWrong, match=says):
        load_keymap(tmp_path, "odd")


def test_a_dead_key_types_what_is_dead(tmp_path: Path):
    us = (CONFIG / "devices" / "keymaps" / "us.toml").read_text()
    folder = tmp_path / "devices" / "keymaps"
    folder.mkdir(parents=True)
    (folder / "odd.toml").write_text(us + '\n[dead]\nKEY_A = "^"\n')
    with pytest.raises(ProfileWrong, match="does not type that"):
        load_keymap(tmp_path, "odd")


def test_a_keymap_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(ProfileWrong, match="de, fr, uk, us"):
        load_keymap(CONFIG, "tlh")
    with pytest.raises(ProfileWrong, match="no keymap's name"):
        load_keymap(CONFIG, "../us")


XKB = ctypes.util.find_library("xkbcommon")


@pytest.mark.skipif(not XKB, reason="libxkbcommon, which judges the keymaps, is not on this machine")
@pytest.mark.parametrize(("country", "layout"), [("us", "us"), ("uk", "gb"), ("de", "de"), ("fr", "fr")])
def test_K2_an_independent_library_types_the_same(country: str, layout: str):
    keymap = load_keymap(CONFIG, country)
    theirs = XkbLayout(layout)
    for key, characters in keymap.keys.items():
        for level, character in enumerate(characters):
            if character.isascii() and character not in keymap.dead.get(key, ""):
                assert theirs.types(key, MODIFIERS_OF_LEVEL[level]) == character, (key, level)


class _RuleNames(ctypes.Structure):
    """``struct xkb_rule_names`` of xkbcommon/xkbcommon.h."""

    _fields_ = [(name, ctypes.c_char_p) for name in ("rules", "model", "layout", "variant", "options")]


class XkbLayout:
    """A keyboard layout as libxkbcommon has it: what a Linux desktop types."""

    def __init__(self, layout: str) -> None:
        self._lib = lib = ctypes.CDLL(XKB)
        for name in ("xkb_context_new", "xkb_keymap_new_from_names", "xkb_state_new"):
            getattr(lib, name).restype = ctypes.c_void_p
        lib.xkb_keymap_new_from_names.argtypes = [ctypes.c_void_p, ctypes.POINTER(_RuleNames), ctypes.c_int]
        lib.xkb_state_new.argtypes = [ctypes.c_void_p]
        lib.xkb_state_update_key.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int]
        lib.xkb_state_key_get_utf8.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_size_t]
        names = _RuleNames(b"evdev", b"pc105", layout.encode(), b"", b"")
        self._keymap = lib.xkb_keymap_new_from_names(lib.xkb_context_new(0), ctypes.byref(names), 0)
        assert self._keymap, f"libxkbcommon has no layout {layout}: is xkb-data installed?"

    def types(self, key: str, held: tuple[str, ...]) -> str:
        """Return what a key types while others are held; empty for a dead one. X's key codes are the kernel's + 8."""
        state = self._lib.xkb_state_new(self._keymap)
        for modifier in held:
            self._lib.xkb_state_update_key(state, KEYS[modifier] + 8, 1)
        text = ctypes.create_string_buffer(16)
        self._lib.xkb_state_key_get_utf8(state, KEYS[key] + 8, text, len(text))
        return text.value.decode()
