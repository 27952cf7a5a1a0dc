"""What is asked for, row by row; docs/PERFORMANCE.md has a sentence for each key."""

from __future__ import annotations

from tests.bench.figures import Goal

ORTHANC, OHIF = "Orthanc", "OHIF + Orthanc"

GOALS = {
    goal.key: goal
    for goal in (
        Goal("P1", "open a 300-slice CT in a fresh browser: first image on screen", "ms", OHIF,
             ratio=1 / 6, at_most=500),
        Goal("P1 canvas", "the same, until the viewer shows it and can be scrolled", "ms", OHIF),
        Goal("P2", "wheel to next slice on screen, p95", "ms", OHIF, ratio=1 / 4, at_most=33),
        Goal("P2 median", "wheel to next slice on screen, p50", "ms", OHIF),
        Goal("P2 far", "the same, p95, at a round trip of 50 ms", "ms", at_most=90),
        Goal("P2 crowd", "the same, p95, while ten other people scroll", "ms", at_most=100),
        Goal("P3", "each slice once as a JPEG over one connection", "/s", ORTHANC, ratio=4,
             more_is_better=True),
        Goal("P4", "the same frame again and again", "/s", ORTHANC, ratio=2.5,
             more_is_better=True),
        Goal("P5 STOW", "objects taken in over HTTP, durably", "/s", ORTHANC, ratio=1,
             more_is_better=True),
        Goal("P5 C-STORE", "objects taken in from storescu, durably", "/s", ORTHANC, ratio=1,
             more_is_better=True),
        *(
            Goal(f"P6 {key} {database}", what, "ms", "10 k exams", ratio=1.5, at_most=10)
            for database in ("SQLite", "PostgreSQL")
            for key, what in (
                ("list", "exams this person may see, of a million, p95"),
                ("search", "break-glass search among a million exams, p95"),
                ("desk", "the staff desk's slowest list, of a million rows, p95"),
            )
        ),
        Goal("P7", "event-loop lag while ten people scroll, p99", "ms", at_most=30),
        Goal("P8 rest", "memory of the process at rest", "MB", at_most=250),
        Goal("P8 viewer", "memory of a connected viewer that has scrolled", "MB", at_most=2),
        Goal("P8 cache", "growth by 300 slices looked through, pixel cache of 64 MB", "MB",
             at_most=64),
        Goal("P9", "coronal or sagittal slice of 512 × 512 × 300, p95", "ms", at_most=15),
        Goal("P9 oblique", "oblique slice of it, p95", "ms", at_most=15),
        Goal("P10", "received to look through 50 slices, resting on three", "MB", OHIF,
             ratio=1 / 8),
    )
}  # fmt: skip
