"""A stolen kiosk: the raw files of a station hold no card number and no code in the clear, at any moment."""

from pathlib import Path

from photocore.codes import grouped

CLAIM_CODE = "7Q2M9XKD4F8TP"


def raw_bytes(folder: Path) -> dict[str, bytes]:
    """Return every file of a station, WAL and shared memory too."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_nowhere(folder: Path, texts: list[str]) -> None:
    spellings = [spelling.encode(code) for text in texts for spelling in (text,) for code in ("utf-8", "utf-16-le")]
    found = [(name, text) for name, raw in raw_bytes(folder).items() for text in spellings if text in raw]
    assert found == []


def test_K4_no_secret_and_no_card_is_ever_on_the_disk_in_the_clear(world, station):
    """While registered, while printing, after an undo, after a reprint, after the ack, after the close."""
    done = station.desk.register(world.wish(world.package_id(1), claim_code=CLAIM_CODE))
    codes = [station.desk.secrets.get(done.claim).code]
    hidden = [world.anna.number, CLAIM_CODE, grouped(CLAIM_CODE)]
    assert_nowhere(world.folder, hidden + codes + [grouped(code) for code in codes])

    while (job := station.jobs.next_job()) is not None:
        station.jobs.begin(job.id, "p")
        if job.kind == "receipt" and len(codes) == 1:
            station.jobs.spoiled(job.id, "paper out")
            codes.append(station.jobs.next_job().label.access_code)
        else:
            station.jobs.printed(job.id, "test")
    station.desk.reprint(done.claim, None, "lost", receipt=True)
    codes.append(station.desk.secrets.get(done.claim).code)
    assert len(set(codes)) == 3
    assert_nowhere(world.folder, hidden + codes + [grouped(code) for code in codes])

    station.courier.start()
    assert station.courier.sync_now().ok
    station.desk.undo(done.claim)
    assert_nowhere(world.folder, hidden + codes)
    station.close()
    assert_nowhere(world.folder, hidden + codes)


def test_O18_no_claim_code_is_ever_on_the_disk_in_the_clear(world, station):
    """While queued, printed, spoiled, reprinted, minted anew after a restart, after the ack, after the close."""
    done = station.desk.make_up(world.make_up_wish(2))
    codes = [station.desk.secrets.get(done.event_id, roll).code for roll in done.rolls]
    assert_nowhere(world.folder, codes + [grouped(code) for code in codes])

    job = station.jobs.next_job()
    station.jobs.begin(job.id, "p")
    station.jobs.spoiled(job.id, "paper out")
    job = station.jobs.next_job()
    codes.append(job.label.claim_code)
    station.jobs.begin(job.id, "p")
    station.jobs.printed(job.id, "process id")
    station.desk.reprint_presale(done.package, (done.rolls[0],), staff=world.staff, reason="torn")
    codes.append(station.desk.secrets.get(done.event_id, done.rolls[0]).code)
    station.close()
    reborn = world.open()
    while (job := reborn.jobs.next_job()) is not None:
        codes += [job.label.claim_code] if job.kind == "roll" else []
        reborn.jobs.begin(job.id, "p")
        reborn.jobs.printed(job.id, "process id")
    assert len(set(codes)) == len(codes) == 6
    assert_nowhere(world.folder, codes + [grouped(code) for code in codes])
    world.sync(reborn)
    reborn.close()
    assert_nowhere(world.folder, codes)


def test_O18_no_claim_code_shows_in_a_repr_or_a_log(world, station, capsys):
    """Wish, answer, print job, secret, desk: any may end up in a log line or a traceback."""
    wish = world.make_up_wish(1, world.anna)
    station.desk.make_up(wish)
    done = station.desk.make_up(world.make_up_wish(1))
    secret = station.desk.secrets.get(done.event_id, done.rolls[0])
    while (job := station.jobs.next_job()) is not None and job.claim != done.event_id:
        station.jobs.begin(job.id, "p")
        station.jobs.printed(job.id, "process id")
    station.jobs.begin(job.id, "p")
    station.jobs.spoiled(job.id, "paper out")
    shown = (
        wish,
        done,
        job,
        job.label,
        secret,
        station.desk,
        station.desk.queue(),
        station.desk.find_made_up(job.label.roll),
    )

    out = "".join((*map(repr, shown), *capsys.readouterr()))
    assert job.label.claim_code == secret.code
    assert secret.code not in out
    assert world.anna.number not in out


def test_K4_the_test_finds_what_is_there(world, station):
    """The control: what is meant to be readable is found by the same search."""
    done = station.desk.register(world.wish(world.package_id(1)))

    raw = b"".join(raw_bytes(world.folder).values())
    assert done.number.encode() in raw
    assert world.package_id(1).encode() in raw


def test_K4_the_secrets_box_is_off_the_disk_after_the_ack(world, station):
    """Deleted and overwritten, not only unlinked: the ciphertext is in no file once the journal is closed."""
    station.desk.register(world.wish(world.package_id(1)))
    (box,) = station.journal.read(lambda db: db.execute("select box from secret_box").fetchone())
    station.courier.start()
    station.courier.sync_now()
    station.close()

    assert all(box.encode() not in raw for raw in raw_bytes(world.folder).values())


def test_K4_nothing_secret_shows_in_a_repr(world, station):
    """A wish, a secret or a label may end up in a log line."""
    wish = world.wish(world.package_id(1), claim_code=CLAIM_CODE)
    done = station.desk.register(wish)
    secret = station.desk.secrets.get(done.claim)

    for text in (repr(wish), repr(secret), repr(done), repr(station.desk)):
        assert world.anna.number not in text
        assert CLAIM_CODE not in text
        assert secret.code not in text
