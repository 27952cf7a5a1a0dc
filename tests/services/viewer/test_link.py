"""What load events tell of a link."""

from __future__ import annotations

from services.viewer.link import LONGEST_WAIT, SHORTEST_WAIT, Link


def known(*seconds: float) -> Link:
    link = Link()
    for each in seconds:
        link = link.after(each)
    return link


def test_a_quick_link_gets_full_quality() -> None:
    assert known(*[0.01] * 20).ease == 0


def test_a_long_way_alone_is_no_reason_for_coarse_pictures() -> None:
    link = known(*[0.06] * 20)
    assert link.ease == 0
    assert link.underway == 2


def test_a_narrow_link_gets_coarse_pictures_one_at_a_time() -> None:
    assert known(*[0.35] * 10).ease == 1
    assert known(*[0.9] * 10).ease == 2
    assert known(*[0.9] * 10).underway == 1


def test_a_link_that_recovers_gets_full_quality_again() -> None:
    assert known(*[0.9] * 10, *[0.02] * 40).ease == 0


def test_a_lost_load_event_is_waited_for_only_as_long_as_the_link_makes_likely() -> None:
    assert Link().patience == LONGEST_WAIT
    assert known(*[0.01] * 5).patience == SHORTEST_WAIT
    assert 1.0 < known(*[0.4] * 5).patience <= LONGEST_WAIT
