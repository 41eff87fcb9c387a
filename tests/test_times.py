"""Instants as text, written one by one and very many at a time."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaintctl import times

HOUR = 3600


@pytest.mark.parametrize(
    "zone",
    [
        "Asia/Shanghai", "UTC", "Europe/Madrid", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu",
        "Africa/Casablanca", "Pacific/Apia", "Africa/Monrovia", "America/Santiago",
    ],
)  # fmt: skip
def test_many_instants_are_written_as_one_is_around_every_change_of_the_clock(zone):
    there = ZoneInfo(zone)
    write = times.writer(there)
    checked = 0
    for day in range(30_000):
        start = day * 86400
        if times.iso(start, there)[19:] != times.iso(start + 86400, there)[19:]:
            instants = [start + at for at in range(-HOUR, 86400 + HOUR, 900)] + [start - 1, start + 86399]
        else:
            instants = [start + day % 86400]
        assert [write(at) for at in instants] == [times.iso(at, there) for at in instants]
        checked += len(instants)
    assert checked >= 30_000


@given(instants=st.lists(st.integers(0, times.epoch("2200-12-31T00:00:00+00:00")), max_size=50))
def test_any_instant_is_written_as_iso_writes_it(instants):
    there = ZoneInfo("Europe/Madrid")
    assert list(map(times.writer(there), instants)) == [times.iso(at, there) for at in instants]
