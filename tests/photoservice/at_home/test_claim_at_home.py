"""A package claimed from a browser with one roll's ID and its claim code (O6, O11, O17): real HTTP, real PostgreSQL."""

import threading
from concurrent.futures import ThreadPoolExecutor

from photocore.codes import grouped, mint_claim_code, parse_access_code, parse_registration_number
from photocore.crockford import draw
from photocore.host import SystemEntropy

ENTROPY = SystemEntropy()
CARD_A, CARD_B = "952114100000000018", "952114100000000025"


def test_O6_O11_one_rolls_code_registers_the_whole_package_to_a_new_account(world, home, coded):
    """No card and no station: an account by itself, all rolls, a number, and an access code told once."""
    package, rolls, codes = coded("HOME0001")

    reply = home().claim(rolls[1], codes[1])

    told = reply.json()
    assert reply.status_code == 201, reply.text
    assert (told["word"], told["package"], told["rolls"]) == ("registered", package, rolls)
    assert parse_access_code(told["access_code"]) == told["access_code"]
    assert parse_registration_number(told["number"]) == told["number"]
    assert reply.headers["Cache-Control"] == "no-store"
    row = world.registration(package)
    assert (row["word"], row["proof"]) == ("registered", "confirmed")
    assert row["claims"][0].startswith("WEB/")
    (account,) = world.sql("select * from account join account_key on account = id")
    assert account["id"] == row["owner"]
    assert world.sql("select * from account_card") == []


def test_O11_the_packages_own_id_and_any_way_of_writing_will_do(world, home, coded):
    """As printed, in small letters with spaces, with O for 0, as a link; the code as grouped on the label."""
    for place, write in enumerate((
        lambda roll: roll.replace("(21)", " (21) "),
        lambda roll: roll.replace("(01)", "01").replace("(21)", "21"),
        lambda roll: f"https://photos.example/01/{roll[4:18]}/21/{roll[22:]}",
    )):  # fmt: skip
        _, rolls, codes = coded(f"WRITE00{place}")
        assert home().claim(write(rolls[0]), grouped(codes[0]).lower()).status_code == 201
    package, _, codes = coded("WRITE009")
    reply = home().claim(package, f" {codes[2]} ".replace("0", "O").replace("1", "l"))
    assert reply.status_code == 201
    assert reply.json()["package"] == package


def test_O11_any_one_code_spends_them_all(home, coded):
    """All codes are bound to the package: the first claims it, the others open nothing after."""
    _, rolls, codes = coded("SPENT001")
    assert home().claim(rolls[0], codes[0]).status_code == 201
    again = [home().claim(roll, code) for roll, code in zip(rolls, codes, strict=True)]
    assert [reply.status_code for reply in again] == [403, 403, 403]


def test_O6_nothing_secret_of_a_claim_at_home_is_kept_in_plain_text(world, home, coded):
    """Neither code, nor key, nor where it came from stands in any table; and the answer's box holds no access code."""
    _, rolls, codes = coded("PLAIN001")
    key = draw(ENTROPY, 30)
    access = home("198.51.100.77").claim(rolls[0], codes[0], key=key).json()["access_code"]
    home("198.51.100.77").claim(rolls[0], codes[1], key=draw(ENTROPY, 30))
    tables = [r["tablename"] for r in world.sql("select tablename from pg_tables where schemaname = 'public'")]
    for table in tables:
        dump = str(world.sql(f"select t::text, encode(convert_to(t::text, 'utf8'), 'escape') as e from {table} as t"))
        for secret in (access, codes[0], codes[1], key, "198.51.100"):
            assert secret not in dump, table
            assert secret.encode().hex() not in dump, table


def test_O6_O11_two_browsers_with_two_codes_at_once_make_one_registration(world, home, coded):
    """Exactly one wins, one access code lives, and it opens."""
    for round_ in range(4):
        package, rolls, codes = coded(f"RACE000{round_}")
        start = threading.Barrier(3)

        def claim(place, rolls=rolls, codes=codes, start=start):
            start.wait(30)
            return home(f"192.0.2{place}.1").claim(rolls[place], codes[place])

        with ThreadPoolExecutor(3) as pool:
            replies = list(pool.map(claim, range(3)))

        assert sorted(reply.status_code for reply in replies) == [201, 403, 403]
        winner = next(reply.json() for reply in replies if reply.status_code == 201)
        (claimed,) = world.sql("select * from claim where root = $1", package)
        (living,) = world.sql("select * from access_code where claim = $1 and voided_at is null", claimed["id"])
        assert living["voided_at"] is None
        assert home("192.0.20.1").look_up(winner["access_code"]).json()["number"] == claimed["number"]


def test_O11_the_code_wins_over_an_unproven_counter_claim(world, station, home, coded):
    """Somebody else registered the shelf package at a kiosk: who peeled the strip owns it (DESIGN 5C)."""
    package, rolls, codes = coded("WINS0001")
    station.claim(package, CARD_A)
    station.send()
    told = home().claim(rolls[0], codes[0]).json()
    assert told["word"] == "registered"
    assert world.registration(package)["claims"][0].startswith("WEB/")


def test_O11_the_code_wins_over_a_registration_that_stood_unopposed(world, station, home, coded):
    """A confirmation keeps unproven claims out, not proof."""
    package, rolls, codes = coded("WINS0002")
    station.claim(package, CARD_A)
    station.send()
    world.clock.advance(3 * 86_400)
    assert world.running.settle() == 1
    assert home().claim(rolls[0], codes[0]).json()["word"] == "registered"
    assert world.registration(package)["claims"][0].startswith("WEB/")


def test_O11_a_code_shown_at_the_counter_is_spent_for_the_web(station, home, coded):
    """A kiosk's claim with the code spends them all, too; undone, they open again."""
    package, rolls, codes = coded("COUNTER1")
    claim = station.claim(package, CARD_A, claim_code=codes[0])
    station.send()
    assert home().claim(rolls[1], codes[1]).status_code == 403
    station.withdraw(claim)
    station.send()
    assert home().claim(rolls[1], codes[1]).json()["word"] == "registered"


def test_O6_O17_O18_a_code_peeled_off_a_store_made_package_registers_it(world, station, home):
    """House codes, typed as on the label; printed again before the sale, the old label's code opens nothing."""
    made = station.make_up(3)
    new = station.replace_codes(made, made.rolls[0])
    station.send()
    assert home().claim(grouped(made.rolls[0]), grouped(made.codes[made.rolls[0]])).status_code == 403
    told = home().claim(grouped(made.rolls[0]).lower(), grouped(new.codes[made.rolls[0]])).json()
    assert (told["word"], told["package"], told["rolls"]) == ("registered", made.package, list(made.rolls))
    assert home().claim(made.rolls[1], made.codes[made.rolls[1]]).status_code == 403
    assert home().look_up(told["access_code"]).json()["word"] == "confirmed"


def test_O18_a_package_its_store_took_back_is_claimed_by_nobody(world, station, home):
    """Wrongly counted and undone: the labels' codes open nothing; one that is claimed is not taken back."""
    undone, kept = station.make_up(2), station.make_up(2)
    station.unmake(undone)
    station.send()
    assert home().claim(undone.rolls[0], undone.codes[undone.rolls[0]]).status_code == 403
    assert home().claim(kept.rolls[0], kept.codes[kept.rolls[0]]).status_code == 201
    late = station.unmake(kept)
    parked = [v for v in station.send(late).verdicts if v.cause == "package_claimed"]
    assert [v.id for v in parked] == [late.id]
    assert world.registration(kept.package)["word"] == "registered"


def test_O6_the_station_that_registered_before_is_told_that_a_code_won(station, home):
    """Its shopper was told "registered": by its news it hears the truth, and nobody asks for news of the web."""
    made = station.make_up(2)
    claim = station.claim(made.package, CARD_A)
    station.send()
    station.drain_news()
    assert home().claim(made.rolls[0], made.codes[made.rolls[0]]).status_code == 201
    news = station.drain_news()
    assert list(news) == [claim.id]
    assert news[claim.id].outcome.word in ("refused", "case")


def test_O18_codes_that_came_before_the_list_are_accepted_and_wait(world, home, builders):
    """The roll's package is known from its code; all rolls are registered when the list comes, and it says so."""
    package, rolls = builders.package_id("BEFORE01"), builders.roll_ids("BEFORE01")
    code = mint_claim_code(ENTROPY)
    assert world.codes(package, {rolls[1]: code}).status_code == 204
    told = home().claim(rolls[1], code).json()
    assert (told["word"], told["rolls"]) == ("waiting", [])
    assert home().look_up(told["access_code"]).json()["word"] == "waiting"
    world.pack("BEFORE01")
    seen = home().look_up(told["access_code"]).json()
    assert (seen["word"], seen["rolls"]) == ("confirmed", 3)


def test_O11_rolls_of_an_opened_package_are_claimed_one_by_one_with_their_own_codes(world, home, coded, builders):
    """Sold singly: a roll's code opens that roll only, and spends no neighbour's."""
    package, rolls, codes = coded("SINGLE01")
    opening = builders.packing(package, rolls, action="DELETE", bizStep="unpacking")
    opening.pop("disposition")
    assert world.captured(builders.document(opening))["photo:parked"] == 0
    assert home().claim(package, codes[0]).status_code == 403
    assert home().claim(rolls[0], codes[1]).status_code == 403
    first, second = home().claim(rolls[0], codes[0]), home().claim(rolls[1], codes[1])
    assert (first.json()["word"], first.json()["rolls"]) == ("registered", rolls[:1])
    assert (second.json()["word"], second.json()["rolls"]) == ("registered", rolls[1:2])
    assert world.registration(rolls[0])["owner"] != world.registration(rolls[1])["owner"]
