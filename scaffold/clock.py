"""The time of day: the one place where it is read, so that tests and examples can hold it still."""

from datetime import UTC, datetime


def today() -> str:
    """Return the local date, `YYYY-MM-DD`, as documents carry it."""
    return datetime.now().astimezone().date().isoformat()


def now() -> str:
    """Return the time in UTC to the second, `2026-11-22T20:15:00Z`, as records carry it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def time_of_day() -> str:
    """Return the local time to the second, `20:15:00`, as somebody who looks at the clock reads it."""
    return datetime.now().astimezone().strftime("%H:%M:%S")
