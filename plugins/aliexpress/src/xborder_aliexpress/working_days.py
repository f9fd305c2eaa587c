"""Working days in China, with the days that are moved: bridges between holidays, and weekends worked instead.

The State Council announces the holidays of a year in the last weeks of the year before. The `holidays` library holds
the announcements; of a year that is not announced (or not yet in the library) only the days fixed by law are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A deadline of so many working days.

    Attributes:
        end: When it is over, by the clock in China.
        unannounced: Years it touches whose moved days are not known.
    """

    end: datetime
    unannounced: tuple[int, ...] = ()


def after_working_days(start: datetime, days: int) -> WorkingDays:
    """The same time of day so many working days after a moment; the day of the moment itself is not counted.

    Args:
        start: The moment, aware.
        days: How many working days, at least one.
    """
    # Loaded here: it takes an eighth of a second, which most calls would wait for in vain.
    from holidays import country_holidays

    local = start.astimezone(ZONE)
    calendar = country_holidays("CN")
    day, left, years = local.date(), days, {local.year}
    while left:
        day += timedelta(days=1)
        years.add(day.year)
        left -= calendar.is_working_day(day)
    # Every announcement moves days: a year without a worked weekend is one that the library does not know yet.
    announced = {worked.year for worked in calendar.weekend_workdays}
    unannounced = tuple(sorted(years - announced))
    return WorkingDays(datetime.combine(day, local.time(), ZONE), unannounced)
