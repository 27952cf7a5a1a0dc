"""Figures in Prometheus's text format: counts and sizes of the portal and its process."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import (
    CollectorRegistry,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from services.portal import Portal
from services.upkeep.system_health import vitals

GAUGES = {
    "uptime": ("uptime_seconds", "Since the process began"),
    "database_bytes": ("database_bytes", "Size of the database"),
    "studies": ("studies", "Exams"),
    "objects": ("objects", "Stored objects"),
    "object_bytes": ("object_bytes", "Size of the stored objects"),
    "free_bytes": ("storage_free_bytes", "Room left for objects"),
    "signed_in": ("sessions", "Signed-in browsers"),
    "waiting": ("messages_waiting", "Messages that have not left yet"),
    "failed": ("messages_failed", "Messages that could not be delivered"),
    "audit_events": ("audit_events", "Events of the audit trail"),
    "cache_used": ("pixel_cache_bytes", "Decoded frames in memory"),
    "cache_budget": ("pixel_cache_budget_bytes", "What that may grow to"),
    "lag_median": ("loop_lag_median_milliseconds", "Event loop lag, last two minutes"),
    "lag_worst": ("loop_lag_worst_milliseconds", "Event loop lag, last two minutes"),
    "threads": ("threads", "Threads of the process"),
}


class _Vitals(Collector):
    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = vitals(self._portal)
        for field, (name, about) in GAUGES.items():
            value = float(getattr(found, field))
            yield GaugeMetricFamily(f"myimaging_{name}", about, value=value)
        backup = found.last_backup.timestamp() if found.last_backup else 0
        name = "myimaging_last_backup_timestamp_seconds"
        yield GaugeMetricFamily(name, "The newest backup; 0: none", value=backup)


def text(portal: Portal) -> bytes:
    """Everything at this moment."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(_Vitals(portal))
    return generate_latest(registry)
