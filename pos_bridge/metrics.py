"""The bridge's numbers in Prometheus' text form (exposition format 0.0.4)."""

from collections.abc import Iterable, Iterator, Mapping

from pos_bridge.running import Bridge
from sync.errors import JournalDown


def exposition(bridge: Bridge) -> str:
    """Return every number with what it counts."""
    return "\n".join([*_lines(bridge), ""])


def _lines(bridge: Bridge) -> Iterator[str]:
    light = bridge.light()
    counts = bridge.counts
    gauges: tuple[tuple[str, str, float], ...] = (
        ("online", "1 while the photoservice answers.", light.online),
        ("durable", "1 while what comes in can be kept.", light.is_kept),
        ("events_waiting", "Events that wait to be sent.", light.waiting),
        ("oldest_event_age_seconds", "Age of the oldest event that waits.", light.oldest_age_s or 0),
        ("events_parked", "Events that were set aside.", light.parked),
        ("messages_unread", "Messages of tills that are kept and not read yet.", light.unread),
        ("cases_open", "Cases that wait for a manager.", light.cases_open),
    )
    for name, helps, value in gauges:
        yield from _family(name, "gauge", helps, [({}, value)])
    sources = sorted(bridge.settings.source)
    kept = [({"source": name}, counts.messages[name]) for name in sources]
    yield from _family("messages_total", "counter", "Genuine messages since the start.", kept)
    forged = [({"source": name}, counts.forged[name]) for name in sources]
    yield from _family("messages_not_genuine_total", "counter", "Messages with a wrong signature.", forged)
    try:
        again = bridge.ledger.told_again()
    except JournalDown:
        again = {}
    others = [({"source": name}, again.get(name, 0)) for name in sources] if light.is_kept else []
    helps = "Messages that came again under their own ID with other content; the first one counts."
    yield from _family("messages_told_again_differently_total", "counter", helps, others)
    seen = [({"via": via}, count) for via, count in sorted(counts.sightings.items())]
    yield from _family("sightings_total", "counter", "Pieces that were seen.", seen)


def _family(name: str, kind: str, helps: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Iterator[str]:
    full = f"twincheck_till_{name}"
    yield f"# HELP {full} {helps}"
    yield f"# TYPE {full} {kind}"
    for labels, value in samples:
        told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{full}{{{told}}} {float(value):g}" if told else f"{full} {float(value):g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
