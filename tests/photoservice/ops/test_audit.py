"""The audit is a chain: what is changed, taken out or cut off is noticed (S3; issue 9)."""

import asyncio

import pytest

from photoservice.cli import command
from photoservice.operating.audit import Mark, read_mark
from photoservice.operating.duty import CONSOLE


@pytest.fixture
def audit(world):
    return world.running.service.goods.audit


def write(world, audit, count=5):
    async def work(session):
        for n in range(count):
            await audit.add(session, CONSOLE, "searched", f"thing {n}", {"n": n, "word": "Käse 写真"})

    world.running.do(work)


def look(world, audit, **more):
    return world.running.do(lambda session: audit.look(session, **more))


def test_S3_numbers_have_no_gaps_and_the_chain_is_whole(world, audit, entries):
    write(world, audit)
    assert [one["number"] for one in entries()] == [1, 2, 3, 4, 5]
    chain = look(world, audit)
    assert (chain.is_whole, chain.first, chain.head.number) == (True, 1, 5)
    assert world.running.do(audit.verify) is None
    assert look(world, audit, newest=2).first == 4


def test_S3_an_entry_is_there_exactly_when_what_it_tells_was_done(world, audit, entries):
    async def fails(session):
        await audit.add(session, CONSOLE, "searched", "never done")
        raise RuntimeError("the deed failed")

    with pytest.raises(RuntimeError):
        world.running.do(fails)
    write(world, audit, 1)
    assert [(one["number"], one["subject"]) for one in entries()] == [(1, "thing 0")]


def test_S3_many_at_once_make_one_chain(world, audit):
    database = world.running.service.database

    async def one(n):
        async with database.begin() as session:
            await audit.add(session, CONSOLE, "searched", f"thing {n}")

    async def all_at_once():
        await asyncio.gather(*(one(n) for n in range(40)))

    world.running.run(all_at_once())
    chain = look(world, audit)
    assert (chain.is_whole, chain.head.number) == (True, 40)


CHANGES = (
    "operator = 'OP-SOMEBODY'",
    "subject = 'thing 9'",
    "kind = 'order_seen'",
    "tenant = 'T-1'",
    "at = at + interval '1 microsecond'",
    "about = replace(about, '2', '3')",
    "hash = sha256('x')",
    "prev = sha256('x')",
)


def test_attack_a_row_changed_by_sql_is_caught(world, audit):
    write(world, audit)
    world.sql("create table kept as select * from ops.audit where number = 3")
    for change in CHANGES:
        world.sql(f"update ops.audit set {change} where number = 3")
        chain = look(world, audit)
        assert (chain.broken, chain.fault) == (3, "changed"), change
        assert world.running.do(audit.verify) == 3
        world.sql("delete from ops.audit where number = 3")
        world.sql("insert into ops.audit select * from kept")
        assert look(world, audit).is_whole


def test_attack_a_row_taken_out_is_caught_and_one_put_in_its_place_too(world, audit):
    write(world, audit)
    world.sql("delete from ops.audit where number = 2")
    assert look(world, audit).fault == "missing"
    world.sql(
        "insert into ops.audit select 2, at, operator, tenant, kind, 'nothing', about, prev, hash"
        " from ops.audit where number = 3"
    )
    assert (look(world, audit).broken, look(world, audit).fault) == (2, "changed")


def test_attack_an_end_cut_off_is_noticed_by_who_kept_a_mark(world, audit):
    write(world, audit)
    mark = look(world, audit).head
    assert read_mark(str(mark)) == mark
    assert look(world, audit, mark=mark).is_whole
    world.sql("delete from ops.audit where number > 3")
    assert look(world, audit).is_whole, "the chain alone does not tell"
    assert (look(world, audit, mark=mark).broken, look(world, audit, mark=mark).fault) == (5, "cut_off")
    write(world, audit)
    assert look(world, audit, mark=mark).fault == "replaced"
    assert look(world, audit, mark=Mark(number=0, hash=bytes(32))).is_whole


def test_S3_the_page_tells_whether_the_chain_is_whole_and_filters(world, audit, operator):
    boss = operator("owner")
    write(world, audit, 60)
    page = boss.page("/ops/audit")
    assert "The chain is whole from entry 1 to entry 61" in page
    assert "thing 59" in page
    assert "thing 5<" not in page
    assert "Older ones" in page
    assert "thing 5<" in boss.page("/ops/audit?before=15&kind=searched&operator=console")
    assert "No entries" in boss.page("/ops/audit?subject=O-NOTHERE&since=2020-01-01&until=2020-01-02")
    mark = str(look(world, audit).head)
    assert "whole" in boss.page(f"/ops/audit?mark={mark}")
    world.sql("update ops.audit set subject = 'x' where number = 7")
    assert "entry 7 is not as it was written" in boss.page("/ops/audit?check=all")


def test_S3_a_question_out_of_form_is_refused_and_breaks_nothing(operator):
    boss = operator("owner")
    for query in ("since=yesterday", "before=-1", "before=9e9", "mark=17", "since=0001-01-01", f"before={'9' * 40}"):
        assert boss.get(f"/ops/audit?{query}").status_code == 400, query


def test_S3_an_operator_of_one_tenant_reads_that_ones_entries_alone(world, audit, operator):
    operator("owner")
    bound = operator("manager", tenant="Corner Photo")
    (ours,) = (row["id"] for row in world.sql("select id from tenant where name = 'Corner Photo'"))

    async def work(session):
        await audit.add(session, CONSOLE, "order_seen", "O-OURS", tenant=ours)
        await audit.add(session, CONSOLE, "order_seen", "O-THEIRS", tenant="T-ELSE")

    world.running.do(work)
    page = bound.page("/ops/audit")
    assert ("O-OURS" in page, "O-THEIRS" in page) == (True, False)


def test_S3_an_unknown_kind_is_a_mistake_of_ours(world, audit):
    with pytest.raises(ValueError, match="no kind of entry"):
        world.running.do(lambda session: audit.add(session, CONSOLE, "did_something", "x"))


def test_S3_the_first_owner_comes_by_the_console_and_the_chain_is_followed_there(world, person, database, capsys):
    ada = person("ada")
    here = ["--dir", str(world.running.service.settings.folder), "--database", database]

    def run(*words):
        code = command([*words, *here])
        printed = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("[")]
        return code, "\n".join(printed)

    code, operator = run("operator", "add", "--login", "ada", "--role", "owner")
    assert (code, operator[:3]) == (0, "OP-")
    assert ada.get("/ops/operators").status_code == 200
    assert "owner  whole house  ada" in run("operator", "list")[1]
    assert run("operator", "end", operator)[0] == 1, "the last owner stays, at the console too"
    code, mark = run("audit", "verify")
    assert (code, read_mark(mark).number) == (0, 1)
    assert "console  operator_added" in run("audit", "show")[1]
    assert run("audit", "verify", "--mark", mark)[0] == 0
    world.sql("delete from ops.audit")
    assert run("audit", "verify", "--mark", mark)[0] == 1
