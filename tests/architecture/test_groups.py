"""Tests that share what is dear run in one worker: a group that is dissolved costs minutes, and says nothing of it."""

import pytest


@pytest.mark.xdist_group("groups")
@pytest.mark.parametrize("number", range(6))
def test_a_group_runs_in_one_worker(request, tmp_path_factory, worker_id, number):
    """Whoever comes first leaves its worker's name, and the others find their own."""
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("the workers are not asked to keep groups together, or there is one process")
    note = tmp_path_factory.getbasetemp().parent / "groups"
    if not note.exists():
        note.write_text(worker_id, encoding="utf-8")
    assert note.read_text(encoding="utf-8") == worker_id
