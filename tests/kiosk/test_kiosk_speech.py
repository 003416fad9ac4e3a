"""The voice: sound for each language, cut off at once, never louder than asked, and a kiosk that lives without it."""

import os
import shutil
import subprocess
import tempfile
import threading
import wave
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from math import log10
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import PortUrlWrong, ProfileWrong
from hardware.input_events import InputEvent
from hardware.input_events.codes import EV_KEY, KEYS
from kiosk.errors import VoiceDown
from kiosk.inbox import Inbox
from kiosk.language import speak
from kiosk.machine import Machine
from kiosk.senses import Aids, Senses
from kiosk.speech.engine import EspeakEngine, Sound, sound_of
from kiosk.speech.sinks import AlsaSink, FolderSink
from kiosk.speech.tongues import LONGEST, MECAB, TONGUES, clean, named_signs
from kiosk.speech.voice import SLICE_S, Sentence, Voice, slices
from kiosk.testing.counter import Counter, film_store, stocked_desk
from kiosk.testing.desk import SilentScanner
from kiosk.testing.gallery import gallery
from kiosk.view import view
from kiosk.view.spoken import page
from photocore.host import SystemClock
from photocore.settings import locate_config

WAIT_S = 30.0
"""How long a machine that is busy with other things may take."""
RATE = 22_050
LOUD = np.full(RATE, 10_000, dtype="<i2").tobytes()

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed: no voice was heard here"
)


class Log:
    """Keeps the names of what is logged."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __getattr__(self, level: str) -> Any:
        return lambda event, **_: self.lines.append(event)


class Tones:
    """An engine that makes a second of sound of anything, unless it is to be broken."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.is_broken = False

    def look(self) -> None:
        """Know it already."""

    def speaks(self, language: str) -> bool:
        """Speak all but Hebrew, as the real one."""
        return language != "he"

    def render(self, text: str, language: str) -> Sound:
        """Return a second of sound."""
        if self.is_broken:
            raise VoiceDown("broken")
        self.said.append((text, language))
        return Sound(rate=RATE, samples=LOUD)

    def break_off(self) -> None:
        """Have nothing to break off."""


class Ear:
    """A sink and its own line: hears slices one at a time, each when it is allowed to."""

    def __init__(self, *, is_patient: bool = False) -> None:
        self.heard = 0
        self.opened: list[str] = []
        self.drained = 0
        self._may = threading.Semaphore(0)
        self._is_patient = is_patient
        self.waits = threading.Event()

    def open(self, rate: int, text: str) -> "Ear":
        """Open a line."""
        assert rate == RATE
        self.opened.append(text)
        return self

    def write(self, samples: bytes) -> None:
        """Hear one slice."""
        if self._is_patient:
            self.waits.set()
            assert self._may.acquire(timeout=WAIT_S)
        self.heard += len(samples) // 2

    def drain(self) -> None:
        """Have heard all."""
        self.drained += 1

    def drop(self) -> None:
        """Let what waits go on."""
        self._may.release()

    def close(self) -> None:
        """Have nothing to put away."""


def sentence(text: str, language: str = "en", *, volume: int = 3, is_countdown: bool = False) -> Sentence:
    """Return something to say."""
    return Sentence(text=text, language=language, volume=volume, is_countdown=is_countdown)


def program(folder: Path, *lines: str) -> str:
    """Write a program that stands for espeak-ng or aplay; return its path."""
    path = folder / "program"
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def until(is_so: Callable[[], object]) -> None:
    """Wait, for as long as a busy machine may need, until ``is_so``."""
    pause = threading.Event()
    for _ in range(int(WAIT_S / 0.01)):
        if is_so():
            return
        pause.wait(0.01)
    raise AssertionError("it did not come to be so")


# -- real voices --------------------------------------------------------------------------------------------------

SENTENCES = {
    "ar": "امسح عبوة الفيلم.",
    "hi": "अपना फ़िल्म पैकेज स्कैन करें।",
    "zh": "请扫描您的胶卷包装。",
    "ja": "フィルムの箱を読み取ってください。",
}


@needs_espeak
@pytest.mark.parametrize("language", sorted(TONGUES))
def test_K1_each_language_is_spoken_aloud_and_more_words_take_longer(language: str):
    engine = EspeakEngine()
    engine.look()
    if not engine.speaks(language):
        pytest.skip(f"no voice for {language} here: {TONGUES[language]}")
    text = SENTENCES.get(language, "Film 135.")
    short, long = engine.render(text, language), engine.render(" ".join([text] * 4), language)
    assert np.abs(np.frombuffer(short.samples, dtype="<i2")).max() > 3_000
    assert long.seconds > 2 * short.seconds > 0.8


@needs_espeak
def test_K1_a_code_takes_its_time_and_each_sign_is_heard():
    engine = EspeakEngine()
    assert engine.render("7, K, Q, 2.", "en").seconds > engine.render("7KQ2.", "en").seconds


@needs_espeak
def test_S5_making_sound_leaves_nothing_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert EspeakEngine().render("Ending in 4, 2, 7, 1.", "en").seconds > 0.5
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.skipif(shutil.which(MECAB[0]) is None, reason="mecab is not installed: Japanese is not read here")
@needs_espeak
def test_K1_japanese_is_read_by_a_dictionary_before_it_is_spoken():
    engine = EspeakEngine()
    kanji, kana = (engine.render(text, "ja").seconds for text in ("箱", "ハコ"))
    assert kanji == pytest.approx(kana, rel=0.2)


@pytest.mark.nightly
@needs_espeak
@pytest.mark.parametrize("language", sorted(TONGUES))
def test_K1_every_page_of_the_kiosk_makes_sound_in_every_language(language: str):
    """Each sentence a page is read out with; none hangs the engine, and none is silent."""
    engine, strings = EspeakEngine(), speak(language).strings
    engine.look()
    if not engine.speaks(language):
        pytest.skip(f"no voice for {language} here: {TONGUES[language]}")
    screens = (view(replace(state, language=language), strings) for _, state in gallery())
    said = sorted({one.text for screen in screens for one in page(screen, strings)})
    assert len(said) > 200
    assert [text for text in said if engine.render(text, language).seconds < 0.3] == []


@pytest.mark.nightly
@needs_espeak
@pytest.mark.parametrize("language", ["zh", "ja"])
def test_K1_no_sign_of_the_kiosks_own_words_is_unknown_to_its_voice(language: str):
    """espeak-ng says "Chinese letter" for a sign it cannot read; what it would say is looked at as phonemes."""
    tongue, strings = TONGUES[language], speak(language).strings
    if tongue.reader and shutil.which(tongue.reader[0]) is None:
        pytest.skip(f"{tongue.reader[0]} is not installed")
    screens = (view(replace(state, language=language), strings) for _, state in gallery())
    words = "\n".join(sorted({clean(one.text) for screen in screens for one in page(screen, strings)}))
    text = named_signs(words, language).encode()
    if tongue.reader:
        text = subprocess.run(tongue.reader, input=text, capture_output=True, check=True).stdout
    command = ["espeak-ng", "-v", tongue.voice, "-q", "--ipa", "-b", "1", "--stdin"]
    phonemes = subprocess.run(command, input=text, capture_output=True, check=True).stdout.decode()
    assert len(phonemes) > 5_000
    assert "niːz" not in phonemes  # as in "Chinese letter"


def test_a_language_without_a_voice_that_can_be_understood_has_none():
    assert "he" not in TONGUES
    with pytest.raises(VoiceDown, match="no voice"):
        EspeakEngine().render("סרקו", "he")


# -- hostile texts ------------------------------------------------------------------------------------------------


@given(text=st.text(max_size=600))
def test_K7_no_text_gives_an_order_to_the_engine(text: str):
    words = clean(text)
    assert len(words) <= LONGEST
    assert not set(words) & set('[]<>{}|"\\`$\n\x00\x1b\u202e')


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Gold 400 [[h@'loU]] <audio src='/etc/passwd'/>", "Gold 400 h 'loU audio src '/etc/passwd'/"),
        ("-w /tmp/x --path=/", "-w /tmp/x --path /"),
        ("Film\u202eevil\x00\x1b[31m", "Film evil 31m"),
    ],
)
def test_markup_and_options_are_words_like_any_others(text: str, spoken: str):
    assert clean(text) == spoken


def test_K1_single_signs_have_the_names_of_their_language():
    assert named_signs("T, C, P. 7", "ja") == "ティー, シー, ピー. ナナ"
    assert named_signs("Y, 2 ISO", "es") == "i griega, 2 ISO"
    assert named_signs("7, K", "en") == "7, K"


def test_S5_what_is_said_is_neither_among_arguments_nor_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TWINCHECK_SECRET", "hunter2")
    said, seen = tmp_path / "said", tmp_path / "seen"
    stand_in = program(
        tmp_path,
        f"cat > {said}",
        f"tr '\\0' ' ' < /proc/$$/cmdline > {seen}; tr '\\0' ' ' < /proc/$$/environ >> {seen}",
        "printf 'RIFF____WAVEfmt ____'; printf '\\001\\000\\001\\000\\042\\126\\000\\000________data____ab'",
    )
    sound = EspeakEngine(stand_in).render("ending in 4, 2, 7, 1", "en")
    assert (sound.rate, sound.samples) == (RATE, b"ab")
    assert said.read_text() == "ending in 4, 2, 7, 1"
    assert "4, 2" not in seen.read_text()
    assert "hunter2" not in seen.read_text()


@given(noise=st.binary(max_size=200))
def test_what_is_no_sound_is_no_sound(noise: bytes):
    try:
        sound = sound_of(noise)
    except VoiceDown:
        return
    assert len(sound.samples) % 2 == 0


@needs_espeak
def test_a_text_without_a_word_is_silence_and_no_fault():
    assert EspeakEngine().render(" .،…<> ", "ar").seconds < 0.5


# -- being cut off ------------------------------------------------------------------------------------------------


def test_K1_speech_that_is_interrupted_stops_within_two_slices():
    engine, ear = Tones(), Ear(is_patient=True)
    voice = Voice(engine, ear, log=Log())
    voice.start()
    voice.say(sentence("A long sentence."), sentence("And another."))
    assert ear.waits.wait(WAIT_S)
    voice.hush()
    assert voice.wait_until_silent(WAIT_S)
    assert ear.heard <= 2 * SLICE_S * RATE
    assert ear.drained == 0
    assert [text for text, _ in engine.said] == ["A long sentence."]
    voice.stop(WAIT_S)


def test_K1_what_is_newer_takes_the_place_of_what_is_older_or_waits_for_its_end():
    engine, ear = Tones(), Ear(is_patient=True)
    voice = Voice(engine, ear, log=Log())
    voice.start()
    voice.say(sentence("Old."), sentence("Never said."))
    assert ear.waits.wait(WAIT_S)
    voice.say(sentence("New."))
    voice.say(sentence("After it."), cuts_in=False)
    until(lambda: (ear.drop(), ear.drained == 2)[1])
    assert [text for text, _ in engine.said] == ["Old.", "New.", "After it."]
    voice.stop(WAIT_S)


def test_K1_an_engine_is_killed_in_the_middle_of_its_sentence(tmp_path: Path):
    pid_file = tmp_path / "pid"
    engine = EspeakEngine(
        program(tmp_path, f"echo $$ > {pid_file}.new && mv {pid_file}.new {pid_file}", "exec sleep 600")
    )
    log = Log()
    voice = Voice(engine, Ear(), log=log)
    voice.start()
    voice.say(sentence("It hangs."))
    until(pid_file.exists)
    voice.hush()
    assert voice.wait_until_silent(WAIT_S)
    until(lambda: not Path(f"/proc/{pid_file.read_text().strip()}").exists())
    assert log.lines == []
    assert voice.why_down == ""
    voice.stop(WAIT_S)


def test_K1_a_dead_engine_is_one_line_in_the_log_and_its_return_another():
    engine, log = Tones(), Log()
    voice = Voice(engine, Ear(), log=log)
    voice.start()
    engine.is_broken = True
    voice.say(sentence("One."), sentence("Two."))
    assert voice.wait_until_silent(WAIT_S)
    assert voice.why_down == "broken"
    engine.is_broken = False
    voice.say(sentence("Three."))
    assert voice.wait_until_silent(WAIT_S)
    assert log.lines == ["voice.down", "voice.up"]
    assert voice.why_down == ""
    voice.stop(WAIT_S)


@pytest.mark.parametrize("lines", [("exit 1",), ("read one", "exit 1")])
def test_K1_a_sound_card_that_is_not_there_hurts_nobody(tmp_path: Path, lines: tuple[str, ...]):
    log = Log()
    voice = Voice(Tones(), AlsaSink(program=program(tmp_path, *lines)), log=log)
    voice.start()
    voice.say(sentence("Nobody hears this."))
    assert voice.wait_until_silent(WAIT_S)
    assert "sound card" in voice.why_down
    assert log.lines == ["voice.down"]
    voice.stop(WAIT_S)


def test_K1_a_sound_card_that_hangs_is_cut_off_without_waiting_for_it(tmp_path: Path):
    started = tmp_path / "started"
    sink = AlsaSink(program=program(tmp_path, f"touch {started}", "exec sleep 600"))
    log = Log()
    voice = Voice(Tones(), sink, log=log)
    voice.start()
    voice.say(sentence("It hangs."))
    until(started.exists)
    voice.hush()
    assert voice.wait_until_silent(WAIT_S)
    assert log.lines == []
    voice.stop(WAIT_S)


def test_K1_without_espeak_or_aplay_the_voice_says_what_is_missing(tmp_path: Path):
    nowhere = str(tmp_path / "nothing")
    engine = EspeakEngine(nowhere)
    engine.look()
    assert not engine.speaks("en")
    with pytest.raises(VoiceDown, match="cannot be started"):
        EspeakEngine(nowhere).render("Hello.", "en")
    with pytest.raises(VoiceDown, match="cannot be started"):
        AlsaSink(program=nowhere).open(RATE, "Hello.")


def test_sound_reaches_the_card_whole(tmp_path: Path):
    played = tmp_path / "played"
    line = AlsaSink("plughw:7", program(tmp_path, f'echo "$@" > {tmp_path}/args', f"cat > {played}")).open(
        RATE, "secret"
    )
    for part in slices(Sound(rate=RATE, samples=LOUD), 1.0):
        line.write(part)
    line.drain()
    line.close()
    assert played.read_bytes() == LOUD
    assert "-D plughw:7" in (tmp_path / "args").read_text()
    assert "secret" not in (tmp_path / "args").read_text()


# -- loudness, and signs of life ----------------------------------------------------------------------------------


def test_K1_each_step_of_the_volume_is_louder_and_none_is_distorted():
    """EN 301 549, 8.2.1: at least 18 dB between the ends, and a step in between at least 12 dB above the softest."""

    def peak(volume: int) -> int:
        heard: list[bytes] = []
        ear = Ear()
        ear.write = heard.append  # pyright: ignore[reportAttributeAccessIssue]
        voice = Voice(Tones(), ear, log=Log())
        voice.start()
        voice.say(sentence("Loud.", volume=volume))
        assert voice.wait_until_silent(WAIT_S)
        voice.stop(WAIT_S)
        return int(np.abs(np.frombuffer(b"".join(heard), dtype="<i2")).max())

    peaks = [peak(volume) for volume in range(1, 6)]
    assert peaks == sorted(set(peaks))
    assert peaks[-1] == 10_000
    gains = [20 * log10(peak / peaks[0]) for peak in peaks]
    assert gains[-1] >= 18.0
    assert max(gains[1:-1]) >= 12.0


def test_K1_whoever_listens_is_there_but_a_countdown_is_no_sign_of_life():
    alive: list[str] = []
    voice = Voice(Tones(), Ear(), lambda: alive.append("spoke"), log=Log())
    voice.start()
    voice.say(sentence("Hello."), sentence("Ten seconds.", is_countdown=True))
    assert voice.wait_until_silent(WAIT_S)
    assert alive == ["spoke"]
    voice.stop(WAIT_S)


def test_a_folder_takes_the_place_of_a_sound_card(tmp_path: Path):
    voice = Voice(Tones(), FolderSink(tmp_path / "heard"), log=Log())
    voice.start()
    voice.say(sentence("One."), sentence("Two."))
    assert voice.wait_until_silent(WAIT_S)
    voice.stop(WAIT_S)
    assert (tmp_path / "heard" / "said.txt").read_text() == "0001.wav  One.\n0002.wav  Two.\n"
    with wave.open(str(tmp_path / "heard" / "0002.wav")) as file:
        assert (file.getnframes(), file.getframerate()) == (RATE, RATE)


def test_a_folder_that_cannot_be_written_to_is_a_voice_that_is_down(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(VoiceDown, match="cannot be written to"):
        FolderSink(tmp_path / "file").open(RATE, "One.")


# -- joined to the kiosk ------------------------------------------------------------------------------------------


@pytest.fixture
def machine() -> Machine:
    """Return a kiosk without screen or threads."""
    return Counter(clock=SystemClock(), desk=stocked_desk(), store=film_store(), scanner=SilentScanner()).machine


def senses_of(aids: Aids, stack: ExitStack) -> tuple[Senses, Inbox[Callable[[Machine], None]]]:
    """Return the senses of a kiosk, and the inbox they speak into."""
    inbox: Inbox[Callable[[Machine], None]] = Inbox()
    config = locate_config()
    return Senses(aids=aids, config=config, clock=SystemClock(), inbox=inbox, stack=stack), inbox


def test_K1_a_headset_and_a_key_reach_the_kiosk_and_the_kiosk_speaks(tmp_path: Path, machine: Machine):
    os.mkfifo(tmp_path / "pad")
    aids = Aids(keypad=f"file://{tmp_path}/pad", keypad_profile="storm_ez_access", voice="jack")
    engine, ear = Tones(), Ear()
    with ExitStack() as stack:
        senses, inbox = senses_of(aids, stack)
        senses.join_voice(machine, engine, ear)
        senses.aids = Aids()  # its voice is there already
        assert senses.are_there()
        senses.join(machine)
        with (tmp_path / "pad").open("wb", buffering=0) as pad:
            for name in ("KEY_F15", "KEY_F19"):
                pad.write(InputEvent(kind=EV_KEY, code=KEYS[name], value=1).pack())
                until(lambda: [letter(machine) for letter in inbox.drain()])
            assert machine.screen.access.speaks
            assert senses.are_there()
            until(lambda: ear.opened)
            engine.is_broken = True
            machine.key("repeat")
            until(lambda: not senses.are_there())
            assert senses.voice
            assert senses.voice.wait_until_silent(WAIT_S)
    assert senses.keypads
    until(lambda: not {"kiosk voice", "kiosk keypad"} & {thread.name for thread in threading.enumerate()})


def test_K1_a_kiosk_whose_voice_is_off_reads_none_of_it_in(machine: Machine):
    with ExitStack() as stack:
        senses, _ = senses_of(Aids(), stack)
        senses.join(machine)
        assert senses.voice is None
        assert senses.keypads == ()
        assert senses.are_there() is None
    assert machine.state.station.voice == "off"


def test_a_keypad_that_can_never_be_read_is_refused_before_the_window_opens():
    with ExitStack() as stack:
        with pytest.raises(ProfileWrong):
            senses_of(Aids(keypad="/dev/input/event0", keypad_profile="none"), stack)
        with pytest.raises(PortUrlWrong):
            senses_of(Aids(jack="http://jack"), stack)
