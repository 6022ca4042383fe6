"""What the commands about claims share: names, periods, and how a claim is told to people and to programs."""

from typing import Annotated, TypedDict

from scaffold.errors import UsageProblem
from scaffold.lazy.patterns import regex
from scaffold.model import id_order
from scaffold.names import shown
from scaffold.shapes import AchievementId, Time
from scaffold.transaction.claims import LONGEST_NAME, LONGEST_PERIOD, Claim, Claims, is_name

_PERIOD = regex(r"(?P<number>[0-9]{1,6})(?P<unit>[mhd])")
_UNITS = {"m": 60, "h": 60 * 60, "d": 24 * 60 * 60}


Holder = Annotated[str, "the name that was given with `--as`"]


class HeldData(TypedDict):
    """Who works on an achievement, and until when."""

    id: AchievementId
    holder: Annotated[Holder | None, "null where the claim cannot be used"]
    until: Time | None


def held_data(claims: Claims) -> list[HeldData]:
    """Return claims as programs get them."""
    return [_one(id_, claims.held.get(id_)) for id_ in sorted(claims.ids, key=id_order)]


def _one(id_: str, claim: Claim | None) -> HeldData:
    return {"id": id_, "holder": claim.holder if claim else None, "until": claim.until if claim else None}


def demand_name(name: str) -> None:
    """Raise UsageProblem for what nobody can claim under."""
    if not is_name(name):
        message = f"--as {shown(name)}: expected a name of 1 to {LONGEST_NAME} characters that print"
        raise UsageProblem.of("usage", message, hint="use a name that tells you from others, and always the same")


def seconds_of(period: str) -> int:
    """Return how many seconds a period such as `30m`, `2h` or `1d` has. Raises UsageProblem for any other."""
    found = _PERIOD.fullmatch(period)
    seconds = int(found["number"]) * _UNITS[found["unit"]] if found else 0
    if not 0 < seconds <= LONGEST_PERIOD:
        message = f"--for {shown(period)}: expected a time such as 30m, 2h or 1d, of at most 7 days"
        raise UsageProblem.of("usage", message, hint="claim it again before it ends: the same name renews it")
    return seconds
