"""Stations put back from old copies, again and again, at random: nothing sent is lost, no place in history used twice.

Copies are made while the station runs or rests, of copies too; it is killed, restarted, put back, left offline; and the
photoservice itself is put back from its backup. What was never sent before a restore is gone: nobody can promise that.
"""

import pytest

from photocore.testing import SeededEntropy
from sync.audit import check_chain
from sync.statements import run
from sync.testing_cuts import Chance
from sync.testing_cuts_life import ANNA, Stand

STEPS = ("register", "register", "make_up", "print", "carry", "carry", "copy", "restart", "kill", "put_back", "forget")


class Counter:
    """A station on a disk in memory, and every place in its history that was ever written, by whichever life."""

    def __init__(self, stand, image=None, folder=None):
        self.stand = stand
        self.folder = folder
        self.disk = stand.disk(image or {})
        self.station = stand.open(self.disk, folder=folder)
        self.places = {}
        self.settled = set()
        self.restores = self.forks = self.seen = self.fetched = 0
        self.copies = []

    def carry(self):
        report = self.station.courier.carry_here()
        assert report.ok, report.reason
        return report

    def register(self):
        return self.station.desk.register(self.stand.wish())

    def make_up(self):
        return self.station.desk.make_up(self.stand.make_up_wish(ANNA))

    def print(self):
        if job := self.station.jobs.next_job():
            self.station.jobs.begin(job.id, "p")
            self.station.jobs.printed(job.id, "process id")

    def copy(self):
        self.copies.append(self.disk.surface.views())

    def restart(self):
        self.end()
        self.begin(self.disk.surface.views())

    def kill(self):
        image = self.disk.surface.views()
        self.disk.is_dead = True
        self.end()
        self.begin(image)

    def end(self):
        if not self.disk.is_dead:
            self.note()
        self.station.close()
        self.disk.unregister()

    def begin(self, image):
        self.disk = self.stand.disk(image)
        self.station = self.stand.open(self.disk, folder=self.folder)

    def rows(self):
        return self.station.journal.read(lambda db: run(db, "journal.all_events"))

    def ids(self):
        return {row[2] for row in self.rows()}

    def held(self):
        return {event.id for event in self.stand.service.held.values() if event.station == self.station.file.station}

    def note(self):
        """Note every place of this journal; another event there than ever before is the one thing that must not be."""
        for epoch, seq, event, *_ in self.rows():
            assert self.places.setdefault((epoch, seq), event) == event

    def put_back(self, image, *, offline):
        """Put an old copy in place, perhaps work a while, and carry; look what came back and what was told."""
        self.end()
        self.begin(image)
        missing = self.held() - self.ids()
        told_before = self.station.desk.status().restored
        for _ in range(offline):
            self.register()
        report = self.carry()
        self.restores += 1
        self.forks += bool(missing)
        self.fetched += len(missing)
        assert missing <= self.ids()
        assert self.station.desk.status().restored - told_before == report.progress.brought_back == len(missing)
        self.seen += bool(missing) and self.station.courier.is_rewound
        assert self.station.courier.trouble == ""
        self.check()

    def check(self):
        self.note()
        count = self.station.journal.read(lambda db: check_chain(db, self.stand.own_key))
        assert count == len(self.rows())


def live(counter, chance, steps):
    """Let random things happen; whatever was sent while nobody forgot it must be there in the end."""
    counter.carry()
    for _ in range(steps):
        step = STEPS[int(chance.draw() * len(STEPS))]
        if step == "put_back":
            if counter.copies:
                image = counter.copies[int(chance.draw() * len(counter.copies))]
                counter.put_back(image, offline=int(chance.draw() * 3))
        elif step == "forget":
            counter.carry()  # so that what the backup lacks is still here
            counter.stand.service.forget_since(int(chance.draw() * len(counter.stand.service.applied)))
            counter.carry()
            assert counter.held() == counter.ids()
        else:
            getattr(counter, step)()
    counter.carry()
    assert counter.held() <= counter.ids()
    assert counter.station.desk.status().unsent == 0
    assert counter.held() == counter.ids()
    counter.check()


def many(folder, histories, seed):
    """Live that many histories and return how many restores there were, how many forks, seen, and events fetched."""
    sums = [0, 0, 0, 0]
    for number in range(histories):
        counter = Counter(Stand(folder / str(number), seed=1000 * seed + number))
        try:
            live(counter, Chance(SeededEntropy(f"restores {seed} {number}")), 60)
        finally:
            counter.station.close()
            counter.disk.unregister()
        counts = (counter.restores, counter.forks, counter.seen, counter.fetched)
        sums = [total + count for total, count in zip(sums, counts, strict=True)]
    return sums


def test_K4_random_restores_reuse_no_place_and_fetch_back_all_that_was_sent(memory_path):
    """Some fifty of them: each that rewound what the photoservice has is seen and told."""
    restores, forks, seen, fetched = many(memory_path, 12, seed=1)

    assert restores >= 40
    assert seen == forks > 10
    assert fetched > 50


@pytest.mark.nightly
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(4))
def test_K4_a_thousand_random_restores_reuse_no_place_and_fetch_back_all_that_was_sent(memory_path, part):
    """The same, more often."""
    restores, forks, seen, _ = many(memory_path, 80, seed=10 + part)

    assert restores >= 250
    assert seen == forks
