"""What is asked for every picture shown, and every minute, goes by an index at any number of images."""

from datetime import UTC, datetime

import pytest

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "values", "unwanted"),
    [
        ("gallery.is_contested", ("(01)09521141012352(21)A",), ("Seq Scan",)),
        ("objects.counts", (), ("Seq Scan",)),
        ("objects.damaged", (100,), ("Seq Scan on original",)),
        ("objects.scrub_next", (NOW, 50), ("Seq Scan", "Sort", "Filter")),
    ],
)
def test_O1_what_is_asked_often_reads_no_table_through(running, query, values, unwanted):
    async def explain(session):
        await session.connection.execute("set local enable_seqscan = off")
        return await session.connection.fetch("explain (costs off) " + session.queries[query], *values)

    plan = "\n".join(row[0] for row in running.do(explain))
    assert not [word for word in unwanted if word in plan], plan
