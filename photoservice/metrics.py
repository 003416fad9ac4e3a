"""What the operator of the fleet watches: counters and timings in a registry of our own, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """One process's numbers. No label ever holds a station, a package or a person."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "twincheck_http_requests_total", "Answered requests", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "twincheck_http_request_seconds", "Time to the answer", ["route"], registry=self.registry
        )
        self.events = Counter(
            "twincheck_events_total", "Events from stations by verdict", ["verdict"], registry=self.registry
        )
        self.forks = Counter(
            "twincheck_forks_total", "ALARM: a station's history forked; it is held", registry=self.registry
        )
        self.captures = Counter(
            "twincheck_captures_total", "EPCIS captures by what became of them", ["result"], registry=self.registry
        )
        self.confirmed = Counter(
            "twincheck_confirmations_total", "Registrations confirmed after standing unopposed", registry=self.registry
        )
        self.skew = Histogram(
            "twincheck_station_clock_skew_seconds",
            "How far stations' clocks are off",
            buckets=(1, 5, 30, 300, 3600, 86_400, 31_536_000),
            registry=self.registry,
        )
        self.failures = Counter(
            "twincheck_task_failures_total", "Background tasks that failed and go on", ["task"], registry=self.registry
        )
        self.home_claims = Counter(
            "twincheck_home_claims_total", "Claims from browsers by what became of them", ["result"],
            registry=self.registry,
        )  # fmt: skip
        self.access_lookups = Counter(
            "twincheck_access_lookups_total", "Access codes shown, by what became of them", ["result"],
            registry=self.registry,
        )  # fmt: skip
        self._count_images()
        self.goods = Counter(
            "twincheck_goods_total", "What this process did about plans and orders", ["deed"], registry=self.registry
        )
        self._count_standing()
        self.ready = Gauge("twincheck_ready", "1 when the database answers", registry=self.registry)

    def _count_images(self) -> None:
        self.images = Counter(
            "twincheck_images_total", "Uploads that were whole, by what became of them", ["word"],
            registry=self.registry,
        )  # fmt: skip
        self.renditions = Counter(
            "twincheck_renditions_total", "Originals by what became of them: made, or why not", ["result"],
            registry=self.registry,
        )  # fmt: skip
        self.rendition_seconds = Histogram(
            "twincheck_rendition_seconds", "From an original's turn to its renditions being kept",
            buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 120), registry=self.registry,
        )  # fmt: skip
        self.renditions_delayed = Counter(
            "twincheck_renditions_delayed_total", "Rolls' jobs put back to be tried later", ["why"],
            registry=self.registry,
        )  # fmt: skip
        self.rolls_waiting = Gauge(
            "twincheck_renditions_rolls", "Rolls that wait for renditions or are worked on", ["lane"],
            registry=self.registry,
        )  # fmt: skip
        self.rolls_retried = Gauge(
            "twincheck_renditions_rolls_retried", "... of which failed before", ["lane"], registry=self.registry
        )
        self.rolls_oldest = Gauge(
            "twincheck_renditions_oldest_seconds", "How long the first of them waits", ["lane"], registry=self.registry
        )
        self.rolls_late = Gauge(
            "twincheck_custody_late", "ALARM: rolls that were expected at a step and not seen there", ["step"],
            registry=self.registry,
        )  # fmt: skip

    def _count_standing(self) -> None:
        """Tell what stands in the database; each process that serves tells the same, a minute old at most."""
        self.standing = {
            name: Gauge(f"twincheck_{name}", what, registry=self.registry)
            for name, what in (
                ("contested", "Registrations that wait for a ruling"),
                ("parked_events", "ALARM: events of stations that wait for a person"),
                ("plans_uncounted", "Pictures and rolls that no plan has counted yet"),
                ("plans_uncounted_seconds", "How long the first of them waits"),
                ("plans_due", "Plans whose time to be looked at has come"),
                ("plans_late_seconds", "How long the first of them waits"),
                ("orders_open", "Orders that are not done"),
                ("orders_late_seconds", "How long the first order waits whose time to be looked at has come"),
                ("checkouts_open", "Payment pages somebody was sent to"),
            )
        }

    def exposition(self) -> bytes:
        """Return all numbers in Prometheus' text form."""
        return generate_latest(self.registry)
