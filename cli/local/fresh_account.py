"""What a new AWS account answers where moto has no answer: nothing was set up yet."""

from collections.abc import Mapping
from typing import Any

from cli.local.calls import AwsError


def _none_of_them(_: Mapping[str, Any]) -> dict[str, Any]:
    raise AwsError("ResourceNotFoundException", "No contact of the inputted alternate contact type found.")


ANSWERS = {
    "account.GetAlternateContact": _none_of_them,
    "ce.GetAnomalyMonitors": lambda _: {"AnomalyMonitors": []},
    "ce.GetAnomalySubscriptions": lambda _: {"AnomalySubscriptions": []},
    "compute-optimizer.GetEnrollmentStatus": lambda _: {"status": "Inactive", "memberAccountsEnrolled": False},
}
