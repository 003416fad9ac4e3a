"""A parcel: what a station without a network owes, carried by somebody else; and every way a file can be wrong."""

import hashlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import pytest

from photocore.errors import ChannelDown
from photocore.keys import SigningKey, b64
from photocore.kinds import ClaimWithdrawn
from photocore.seams import HttpRequest, HttpResponse
from photocore.wire import encode, encode_batch, events_path
from sync.cli import command
from sync.enrolment import enrol
from sync.errors import EnrolmentRefused, NotEnrolled, ParcelRefused
from sync.keys import PinnedHub, load_station, save_station
from sync.parcel import (
    MAX_PARCEL_BYTES,
    PackedRequest,
    ParcelHead,
    close_answers,
    kind_of,
    read_answers,
    read_parcel,
    seal_parcel,
)
from sync.parcel_carry import Carriage, Way, answers_head
from sync.parcel_export import pack_owed
from sync.parcel_files import AnswerBook, check_free, read_file, write_file
from sync.parcel_take import take_answers
from sync.peer import peer_of
from sync.rounds import Round, run_round

BOXES = "select count(*) from secret_box"


@dataclass
class Road:
    """The carrier's network: breaks down after some requests, or has somebody sitting in it."""

    service: object
    holds_for: int = 10_000
    instead: HttpResponse | None = None
    sent: list[HttpRequest] = field(default_factory=list)

    def exchange(self, request: HttpRequest) -> HttpResponse:
        if len(self.sent) >= self.holds_for:
            raise ChannelDown("photos.example cannot be reached")
        self.sent.append(request)
        return self.instead or self.service.exchange(request)


class Stick:
    """A station that is never online, a stick, and a machine with a network."""

    def __init__(self, world, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.station = world.open()
        self.road = Road(world.service)

    def register(self, serial: int) -> str:
        return self.station.desk.register(self.world.wish(self.world.package_id(serial))).claim

    def round(self):
        delivery = self.station.courier.rounds.delivery
        delivery.begin_round()
        return run_round(Round(delivery, self.station.courier.rounds.sign), self.world.service)

    def pack(self, **wish) -> bytes:
        return pack_owed(self.world.folder, self.world.clock, **wish).text

    def carry(self, text: bytes) -> tuple[Way, Path]:
        """Carry a parcel on the other machine; returns how far it came, and the file of answers."""
        parcel, answer = read_parcel(text), self.folder / "answer"
        head = answers_head(parcel, self.world.clock)
        book = AnswerBook(answer, head)
        try:
            way = Carriage(parcel=parcel, channel=self.road).go(book.add, book.kept)
            if way.is_whole:
                book.finish(head, force=True)
        finally:
            book.close()
        return way, answer

    def peer(self):
        return peer_of(load_station(self.world.folder), self.world.keys())

    def take(self, answer: Path):
        return take_answers(self.station.journal, self.peer(), answer)

    def word(self, claim: str) -> str:
        return self.station.desk.level(claim).word

    def boxes(self) -> int:
        return self.station.journal.read(lambda db: db.execute(BOXES).fetchone()[0])

    def applied(self) -> list[str]:
        return [event.id for event in self.world.service.applied]


@pytest.fixture
def stick(world, tmp_path) -> Stick:
    return Stick(world, tmp_path)


def test_K4_a_parcel_goes_out_its_answers_come_home_and_the_outbox_is_empty(stick):
    """As if the station had been online: confirmed by the photoservice's own word, and the secrets' ciphertext gone."""
    claims = [stick.register(serial) for serial in (1, 2)]
    text = stick.pack()

    way, answer = stick.carry(text)
    assert (way.is_whole, way.sent, way.settled, way.parked) == (True, 2, 3, 0)
    assert [stick.word(claim) for claim in claims] == ["registered here"] * 2
    taken = stick.take(answer)

    assert (taken.settled, taken.unsent, taken.strange, taken.lost) == (3, 0, 0, 0)
    assert [stick.word(claim) for claim in claims] == ["confirmed"] * 2
    assert (stick.boxes(), stick.pack()) == (0, b"")


def test_K4_exporting_marks_nothing_as_sent_and_disturbs_nobody(stick):
    """Beside the running station; what is owed is owed as before, and goes by the first network that is there."""
    claim = stick.register(1)

    text = stick.pack()

    assert stick.station.desk.status().unsent == 2
    assert stick.round().ok
    assert stick.word(claim) == "confirmed"
    way, answer = stick.carry(text)
    assert (way.settled, stick.take(answer).unsent) == (2, 0)
    assert len(stick.applied()) == len(set(stick.applied())) == 2


def test_K4_a_parcel_carried_twice_and_answers_taken_twice_change_nothing(stick):
    """Idempotent at both ends: duplicates are success, and no word of the photoservice's is taken back."""
    claim = stick.register(1)
    stick.world.service.faults.parks.add(claim)
    text = stick.pack()
    _, answer = stick.carry(text)
    first = answer.read_bytes()
    stick.carry(text)
    assert (stick.take(answer).parked, stick.take(answer).parked) == (1, 1)
    stick.station.desk.close_parked(claim, staff=stick.world.staff, reason="a test")
    stick.round()

    answer.write_bytes(first)
    assert stick.take(answer).unsent == 0

    assert stick.station.desk.status().parked == 0
    assert len(stick.applied()) == len(set(stick.applied()))


def test_K4_what_is_registered_after_the_export_stays_owed(stick):
    """The answers speak of what was in the parcel, and of nothing else."""
    stick.register(1)
    text = stick.pack()
    later = stick.register(2)
    _, answer = stick.carry(text)

    assert stick.take(answer).unsent == 1
    assert stick.word(later) == "registered here"


def test_K4_the_head_says_in_words_what_it_is_and_holds_nobodys_card(stick):
    """A person who opens it understands; card numbers, codes and the private keys are not in it."""
    stick.register(1)
    text = stick.pack()

    head = msgspec.json.decode(text.split(b"\n")[0])

    assert (head["format"], head["v"], head["events"], head["registrations"]) == ("twincheck parcel", 1, 2, 1)
    assert "owes http://localhost:8470: 2 events, 1 of them registrations" in head["says"]
    assert stick.world.anna.number.encode() not in text
    keys = stick.world.keys()
    for secret in (keys.signing.seed, keys.card):
        assert b64(secret).encode() not in text


def test_K4_several_epochs_and_hundreds_of_events_are_carried_in_batches(world, stick):
    """Each as the courier would send it; what only the store hub has is in it too."""
    for serial in range(100, 110):
        stick.register(serial)
    stick.station.close()
    hub = PinnedHub(key=b64(SigningKey(seed=bytes(32)).public))
    save_station(world.folder, msgspec.structs.replace(load_station(world.folder), hub=hub))
    stick.station = world.open()
    stick.register(111)
    stick.station.journal.write(
        lambda t: t.connection.execute("update outbox set level = 'hub', verdict = 'applied' where ordinal = 1")
    )

    packed = pack_owed(world.folder, world.clock)
    way, answer = stick.carry(packed.text)

    assert (packed.head.events, packed.head.requests, packed.is_full, packed.damaged) == (13, 3, False, 0)
    assert way.settled == 13
    stick.take(answer)
    assert stick.pack() == b""


def test_K4_a_long_outage_is_packed_a_page_at_a_time(stick):
    """450 events, one by one and in batches: all of them, each once, in their order."""

    def many(transaction):
        for number in range(449):
            body = ClaimWithdrawn(claim=f"{number:032x}", item="(01)04012345678901(21)12345678", by="staff")
            transaction.append(stick.station.desk.counter.drafter.draft(body))

    stick.station.journal.write(many)
    single, batched = read_parcel(stick.pack(one_by_one=True)), read_parcel(stick.pack())

    assert [len(one.places) for one in batched.requests] == [0, 200, 200, 50]
    seqs = [[seq for one in parcel.requests for _, seq in one.places] for parcel in (single, batched)]
    assert seqs == [list(range(1, 451))] * 2
    assert len(single.requests) == 451


def test_K4_what_a_file_from_anywhere_says_does_not_steer_the_terminal(forger, tmp_path, capsys):
    """Its name is the only free text that is shown; what would move the cursor is not."""
    (tmp_path / "p").write_bytes(forger.parcel(name="Till\x1b[2J\r\nDone: 9 settled"))

    assert command(["import", str(tmp_path / "p"), "--look"]) == 0

    told = capsys.readouterr().out
    assert "(Till?[2J??Done: 9 settled)" in told
    assert "\x1b" not in told


def test_K4_an_event_the_disk_spoilt_is_told_and_does_not_keep_the_others_home(stick):
    """It is not in the parcel; whoever exports hears of it."""
    spoilt, sound = stick.register(1), stick.register(2)
    stick.station.journal.write(
        lambda t: t.connection.execute("update event set line = cast('{}' as blob) where id = ?", (spoilt,))
    )

    packed = pack_owed(stick.world.folder, stick.world.clock)
    stick.carry(packed.text)

    assert (packed.damaged, packed.head.events) == (1, 2)
    assert sound in stick.applied()


def test_K4_a_road_that_breaks_off_loses_nothing_and_is_taken_up_again(stick):
    """The second try sends only what has no answer yet."""
    for serial in range(100, 105):
        stick.register(serial)
    text = stick.pack(one_by_one=True)
    stick.road.holds_for = 4

    broken, answer = stick.carry(text)
    assert (broken.is_whole, broken.sent, broken.of) == (False, 4, 7)
    assert "cannot be reached" in broken.reason
    assert not answer.exists()
    with (stick.folder / "answer.part").open("ab") as part:
        part.write(b'{"what":"ack","request":"' + b"ab" * 32 + b'"}\n{"what":"ack","req')  # and a crash on top
    stick.road.holds_for = 100
    whole, answer = stick.carry(text)

    assert (whole.is_whole, whole.sent, len(stick.road.sent)) == (True, 7, 7)
    assert stick.take(answer).unsent == 0
    assert not (stick.folder / "answer.part").exists()


def test_K4_another_parcels_half_answers_are_not_taken_up(stick):
    """The part beside it is of an earlier parcel: everything is asked anew."""
    stick.register(1)
    stick.carry(stick.pack())
    stick.folder.joinpath("answer.part").write_bytes(stick.folder.joinpath("answer").read_bytes())
    stick.register(2)

    way, _ = stick.carry(stick.pack())

    assert (way.is_whole, len(stick.road.sent)) == (True, 4)


def test_K4_a_batch_that_the_photoservice_fails_at_goes_one_by_one(stick):
    """It cannot be halved on the way, since its signature is over the whole; the others arrive in the next parcel."""
    claims = [stick.register(serial) for serial in range(1, 5)]
    stick.world.service.faults.fails.add(claims[2])

    way, answer = stick.carry(stick.pack())
    assert (way.is_whole, way.refused, way.settled) == (True, 5, 0)
    assert (stick.take(answer).refused, stick.take(answer).unsent) == (1, 5)
    way, answer = stick.carry(stick.pack(one_by_one=True))

    assert (way.refused, way.settled) == (1, 4)
    assert stick.take(answer).unsent == 1
    assert [stick.word(claim) for claim in claims] == ["confirmed", "confirmed", "registered here", "confirmed"]


ROADS = {
    "a log-in page": HttpResponse(status=200, headers={"content-type": "text/html"}, body=b"<html>log in</html>"),
    "an empty answer": HttpResponse(status=200, headers={"content-type": "application/json"}, body=b"{}"),
    "not our station": HttpResponse(status=401, headers={"content-type": "application/problem+json"}, body=b"{}"),
    "elsewhere": HttpResponse(status=302, headers={"location": "https://evil.example"}),
    "ill": HttpResponse(status=500, headers={"content-type": "application/problem+json"}, body=b"{}"),
}


@pytest.mark.parametrize("road", sorted(ROADS))
def test_K4_what_is_not_the_photoservices_signed_word_ends_the_carriage(stick, road):
    """Told in a sentence; no answer file that could be mistaken for one."""
    stick.register(1)
    stick.road.instead = ROADS[road]

    way, answer = stick.carry(stick.pack())

    assert (way.is_whole, way.sent, answer.exists()) == (False, 0, False)
    assert way.reason


def test_K4_another_photoservice_behind_the_address_is_found_out_at_once(stick):
    """Its key is not the one the station has pinned."""
    stick.register(1)
    stick.world.service.faults.wrong_key = True

    way, _ = stick.carry(stick.pack())

    assert (way.is_whole, way.sent) == (False, 0)
    assert "pinned" in way.reason


def test_K4_a_parcel_cut_at_any_byte_is_refused(stick):
    """At every byte, and with a byte more."""
    stick.register(1)
    text = stick.pack()
    assert read_parcel(text)

    for cut in range(len(text)):
        with pytest.raises(ParcelRefused):
            read_parcel(text[:cut])
    for more in (b"\n", b" ", b"{}\n", text):
        with pytest.raises(ParcelRefused):
            read_parcel(text + more)


def test_K4_a_parcel_with_one_byte_changed_is_refused(stick):
    """Every byte of the end and of the head's first part, every seventh of the rest."""
    stick.register(1)
    text = stick.pack()
    end = text.rfind(b"\n", 0, len(text) - 1)

    for place in {*range(150), *range(0, end, 7), *range(end, len(text))}:
        changed = bytearray(text)
        changed[place] ^= 0x01
        with pytest.raises(ParcelRefused):
            read_parcel(bytes(changed))


def test_K4_answers_cut_at_any_byte_or_changed_are_refused_and_settle_nothing(stick):
    """Nobody signs the whole of them; what is signed is inside, and the station's key is the judge."""
    stick.register(1)
    _, answer = stick.carry(stick.pack())
    whole = answer.read_bytes()

    for cut in range(len(whole)):
        with pytest.raises(ParcelRefused):
            read_answers(whole[:cut])
    for place in range(0, len(whole), 3):
        changed = bytearray(whole)
        changed[place] ^= 0x01
        with pytest.raises(ParcelRefused):
            read_answers(bytes(changed))

    answer.write_bytes(forged(whole, lambda text: text.replace(b"registered", b"withdrawn_")))
    with pytest.raises(ParcelRefused, match="pinned"):
        stick.take(answer)
    assert stick.station.desk.status().unsent == 2


def forged(whole: bytes, change) -> bytes:
    """Change the lines of a parcel of answers and close it as if nothing had happened."""
    return close_answers(change(whole).split(b"\n")[:-2])


def test_K4_another_stations_answers_are_refused(make_world, stick, tmp_path):
    """Whoever signed them, they are not about this journal."""
    stick.register(1)
    _, answer = stick.carry(stick.pack())
    other = make_world(seed=2)
    other.service = stick.world.service
    other.enrol()
    station = other.open()

    with pytest.raises(ParcelRefused, match="These are answers for station"):
        take_answers(station.journal, peer_of(load_station(other.folder), other.keys()), answer)


def test_K4_an_older_copy_of_the_station_takes_what_it_holds_and_says_what_it_does_not(counter, tmp_path):
    """Put back from last night: the answers judge events that this journal never had."""
    counter.register(2)
    world, text = counter.world, pack_owed(counter.world.folder, counter.world.clock).text
    stick = Stick.__new__(Stick)
    stick.world, stick.folder, stick.road, stick.station = world, tmp_path, Road(world.service), counter.station
    _, answer = stick.carry(text)
    stick.station = counter.put_back()

    taken = stick.take(answer)

    assert (taken.strange, taken.settled) == (2, 0)
    assert counter.round().ok


def test_K4_a_photoservice_put_back_from_a_backup_is_told_and_everything_can_be_exported(stick):
    """It had acknowledged more than it holds when the parcel came: the station says so, and packs all it has."""
    for serial in (1, 2, 3):
        stick.register(serial)
    stick.take(stick.carry(stick.pack())[1])
    stick.world.service.forget_since(1)
    stick.register(4)

    taken = stick.take(stick.carry(stick.pack())[1])
    assert taken.lost == 3
    stick.carry(stick.pack(wanted="everything"))

    assert len(stick.applied()) == len(set(stick.applied())) == 5


def sealed(head: ParcelHead, lines: list[PackedRequest], key: SigningKey) -> bytes:
    return seal_parcel([encode(head), *(encode(line) for line in lines)], key)


@dataclass
class Forger:
    """Somebody who knows the format and has a key of their own."""

    head: ParcelHead
    lines: list[PackedRequest]
    key: SigningKey

    def parcel(self, **changes: object) -> bytes:
        """Return the parcel with its head changed."""
        head = msgspec.structs.replace(self.head, station_key=b64(self.key.public), **changes)
        return sealed(head, self.lines, self.key)

    def with_line(self, **changes: object) -> bytes:
        """Return the parcel with its last request changed."""
        lines = [*self.lines[:-1], msgspec.structs.replace(self.lines[-1], **changes)]
        return replace(self, lines=lines).parcel()


@pytest.fixture
def forger(stick) -> Forger:
    stick.register(1)
    first, *lines = stick.pack().split(b"\n")[:-2]
    return Forger(
        head=msgspec.json.decode(first, type=ParcelHead),
        lines=[msgspec.json.decode(line, type=PackedRequest) for line in lines],
        key=SigningKey(seed=hashlib.sha256(b"a forger").digest()),
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://photos.example",
        "https://user@photos.example",
        "https://photos.example/?x=1",
        "https://photos.example#x",
        "https://photos.example/../admin",
        "https://photos.example\n.evil.example",
        "https://photos.example\\@evil.example",
        "file:///etc/passwd",
        "https://photos.example/",
        "ftp://photos.example",
        "",
    ],
)
def test_K4_an_address_that_no_station_has_is_refused(forger, url):
    """https, or this machine; nothing in it that two readers could read apart."""
    lines = [msgspec.structs.replace(line, url=line.url.replace(forger.head.url, url)) for line in forger.lines]
    with pytest.raises(ParcelRefused):
        read_parcel(replace(forger, lines=lines).parcel(url=url))


@pytest.mark.parametrize(
    "change",
    [
        {"method": "GET"},
        {"method": "DELETE"},
        {"url": "http://localhost:8470/enrol"},
        {"url": "http://localhost:8470/sync/v1/stations/st-other/events"},
        {"url": "https://evil.example/sync/v1/stations/x/events"},
        {"headers": {"authorization": "Bearer x"}},
        {"headers": {"accept": "a\r\nhost: evil.example"}},
        {"body": "no base64"},
        {"body": b64(b"whatever")},
        {"body": b64(encode_batch([]))},
        {"body": b64(bytes(1_200_000))},
    ],
)
def test_K4_a_request_that_no_station_sends_is_not_carried(forger, change):
    """Somebody's parcel must not make the manager's machine ask for anything else."""
    assert read_parcel(forger.parcel())
    with pytest.raises(ParcelRefused):
        read_parcel(forger.with_line(**change))


@pytest.mark.parametrize("station", ["..", ".", "st-other"])
def test_K4_a_parcel_of_one_station_holds_no_others_events(forger, station):
    """The name in the head, in the address and in every event is one."""
    url = forger.head.url + events_path(station)
    lines = [forger.lines[0], msgspec.structs.replace(forger.lines[1], url=url)]
    with pytest.raises(ParcelRefused):
        read_parcel(replace(forger, lines=lines).parcel(station=station))


def test_K4_counts_that_do_not_fit_and_a_newer_version_are_told(forger):
    """A newer Twincheck's parcel is told apart from a broken one."""
    with pytest.raises(ParcelRefused, match="as many events"):
        read_parcel(forger.parcel(events=7))
    with pytest.raises(ParcelRefused, match="not whole"):
        read_parcel(forger.parcel(requests=7))
    with pytest.raises(ParcelRefused, match="of version 2; this Twincheck reads version 1"):
        read_parcel(forger.parcel(v=2))
    with pytest.raises(ParcelRefused, match="no parcel"):
        kind_of(forger.parcel(format="a cake"))
    with pytest.raises(ParcelRefused, match="for the station alone"):
        read_parcel(close_answers([b'{"format":"twincheck parcel","v":1,"kind":"answers"}']))


@pytest.mark.parametrize("text", [b"", b"\n", b"{}", b"{}\n", b"\xff\xfe\n", b"[" * 100_000, b"[" * 100_000 + b"\n"])
def test_K4_what_is_no_parcel_is_told_in_a_sentence(text):
    """A picture from the same stick, an empty file, nonsense."""
    for read in (read_parcel, read_answers):
        with pytest.raises(ParcelRefused, match="no parcel"):
            read(text)


def test_K4_a_file_is_written_whole_or_not_at_all_and_never_over_another(tmp_path):
    """Not through a link, not over a folder; over a file only when told to."""
    path, other = tmp_path / "a.parcel", tmp_path / "other"
    other.write_bytes(b"precious")
    write_file(path, b"one", force=False)
    with pytest.raises(ParcelRefused, match="there already"):
        write_file(path, b"two", force=False)
    assert path.read_bytes() == b"one"
    write_file(path, b"two", force=True)
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600

    link, dangling, folder = tmp_path / "link", tmp_path / "dangling", tmp_path / "folder"
    link.symlink_to(other)
    dangling.symlink_to(tmp_path / "nothing")
    folder.mkdir()
    for taken in (link, dangling, folder):
        for force in (False, True):
            with pytest.raises(ParcelRefused, match="there already"):
                write_file(taken, b"three", force=force)
    assert (other.read_bytes(), (tmp_path / "nothing").exists()) == (b"precious", False)
    with pytest.raises(ParcelRefused, match="There is no folder"):
        check_free(tmp_path / "no" / "where", force=False)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.parcel", "dangling", "folder", "link", "other"]


def test_K4_a_draft_that_somebody_else_laid_there_is_not_written_through(tmp_path):
    """Neither by the export nor by the half answers."""
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    (tmp_path / ".a.parcel.new").symlink_to(other)
    write_file(tmp_path / "a.parcel", b"one", force=False)
    assert (other.read_bytes(), (tmp_path / "a.parcel").read_bytes()) == (b"precious", b"one")

    (tmp_path / "b.answer.part").symlink_to(other)
    with pytest.raises(ParcelRefused, match="cannot be written"):
        AnswerBook(tmp_path / "b.answer", None)
    (tmp_path / "c.answer.part").mkdir()
    with pytest.raises(ParcelRefused, match="cannot be written"):
        AnswerBook(tmp_path / "c.answer", None)
    assert other.read_bytes() == b"precious"


def test_K4_what_is_no_file_or_too_large_is_not_read(tmp_path):
    """A folder, nothing, a pipe that nobody writes to, and more than any parcel holds."""
    with pytest.raises(ParcelRefused, match="cannot be read: No such file"):
        read_file(tmp_path / "nothing")
    with pytest.raises(ParcelRefused):
        read_file(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ParcelRefused, match="is no file"):
        read_file(tmp_path / "pipe")
    with (tmp_path / "large").open("wb") as large:
        large.truncate(MAX_PARCEL_BYTES + 1)
    with pytest.raises(ParcelRefused, match="larger than any parcel"):
        read_file(tmp_path / "large")


def test_K4_a_folder_that_owes_is_not_enrolled_over_and_the_export_is_named(world, stick):
    """Neither a station's, nor one whose station.toml somebody has taken away."""

    def again():
        code = world.service.issue_code("AGAIN")
        enrol(
            url="http://localhost:8470",
            code=code,
            name="x",
            folder=world.folder,
            channel=world.service,
            entropy=world.entropy,
        )

    stick.register(1)
    stick.station.close()
    with pytest.raises(EnrolmentRefused, match=r"2 events in it have not reached .*`twincheck sync export FILE`"):
        again()
    hidden = (world.folder / "station.toml").rename(world.folder / "hidden")
    with pytest.raises(EnrolmentRefused, match="holds another station's journal, and 2 events"):
        again()
    with pytest.raises(NotEnrolled):
        stick.pack()
    hidden.rename(world.folder / "station.toml")
    stick.station = world.open()
    stick.take(stick.carry(stick.pack())[1])
    stick.round()
    stick.station.close()
    with pytest.raises(EnrolmentRefused, match="already, and nothing in it is unsent"):
        again()
