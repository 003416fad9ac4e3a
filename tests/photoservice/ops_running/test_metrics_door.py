"""Who may read the numbers, and whether what the examples of Prometheus and Grafana ask for is there."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from photoservice.settings import Settings
from photoservice.testing import running_service

ROOT = Path(__file__).parents[3]
ALARMS = (ROOT / "deploy/prometheus/alarms.yml").read_text()
NAME = re.compile(r"\btwincheck_[a-z0-9_]+")


def told(running, **headers):
    return requests.get(f"{running.url}/metrics", headers=headers, timeout=30)


def test_O21_numbers_are_for_this_machine_and_for_nobody_whom_a_proxy_forwards(world):
    """A proxy nobody named as trusted makes all the world come from here: what it forwards finds nothing."""
    assert told(world.running).status_code == 200
    assert told(world.running, **{"X-Forwarded-For": "203.0.113.9"}).status_code == 404
    assert told(world.running, **{"X-Forwarded-For": "127.0.0.1"}).status_code == 404


def test_O21_networks_that_are_named_may_read_the_numbers_also_through_a_trusted_proxy(database, tmp_path):
    settings = replace(
        Settings(folder=tmp_path / "service"),
        trusted_proxies=("127.0.0.1/32",),
        metrics_from=("10.1.0.0/16",),
        derive_here=False,
    )
    with running_service(database, settings.folder, settings=settings) as running:
        for hops, status in (
            ("10.1.2.3", 200),
            ("10.2.2.3", 404),
            ("10.1.2.3, 203.0.113.9", 404),
            ("nonsense", 404),
            ("203.0.113.9, 127.0.0.1", 404),
            ("", 200),
        ):
            assert told(running, **{"X-Forwarded-For": hops}).status_code == status, hops


@pytest.fixture
def exposed(world, eventually):
    """The names of all numbers that a service tells, those without a value yet, too."""
    eventually(lambda: "twincheck_contested 0.0" in told(world.running).text)
    names = set()
    for line in told(world.running).text.splitlines():
        if line.startswith("# TYPE "):
            name, kind = line.split()[2:]
            names |= {f"{name}_bucket", f"{name}_count", f"{name}_sum"} if kind == "histogram" else {name}
    return names


def asked_for(node: Any) -> set[str]:
    """Return the names in every expression of a dashboard or of rules, however deep."""
    if isinstance(node, dict):
        here = {name for key in ("expr", "query") for name in NAME.findall(str(node.get(key, "")))}
        return here.union(*(asked_for(inside) for inside in node.values()))
    if isinstance(node, list):
        return set().union(*(asked_for(inside) for inside in node))
    return set()


def test_O21_every_number_the_example_dashboards_show_is_told(exposed):
    for path in (ROOT / "deploy/grafana").glob("*.json"):
        dashboard = json.loads(path.read_text())
        names = asked_for(dashboard)
        assert names, path.name
        assert names <= exposed, names - exposed
        assert dashboard["title"]
        ids = [panel["id"] for panel in dashboard["panels"]]
        assert len(ids) == len(set(ids))
        for panel in dashboard["panels"]:
            assert panel["title"]
            assert panel["type"] == "row" or panel["targets"], panel["title"]


def test_O21_every_number_the_example_alarms_watch_is_told(exposed):
    rules = [rule for group in yaml.safe_load(ALARMS)["groups"] for rule in group["rules"]]
    assert len(rules) >= 10
    assert all(rule["alert"] and rule["for"] and rule["annotations"]["summary"] for rule in rules)
    names = {name for rule in rules for name in NAME.findall(rule["expr"])}
    assert names <= exposed, names - exposed
    scrapes = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    assert scrapes["rule_files"] == ["alarms.yml"]
    assert [job["metrics_path"] for job in scrapes["scrape_configs"]] == ["/metrics"]


def test_every_alarm_of_the_metrics_words_has_a_rule(world):
    alarms = re.findall(r"# HELP (\w+) ALARM", told(world.running).text)
    assert alarms
    for name in alarms:
        assert name.endswith("_created") or name.removesuffix("_total") in ALARMS, name
