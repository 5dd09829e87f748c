"""What a new AWS account answers where moto has no answer: nothing was set up yet."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from moto import settings

from local_aws.calls import AwsError


def _none_of_them(_: Mapping[str, Any]) -> dict[str, Any]:
    raise AwsError("ResourceNotFoundException", "No contact of the inputted alternate contact type found.")


ANSWERS = {
    "account.GetAlternateContact": _none_of_them,
    "ce.GetAnomalyMonitors": lambda _: {"AnomalyMonitors": []},
    "ce.GetAnomalySubscriptions": lambda _: {"AnomalySubscriptions": []},
    "compute-optimizer.GetEnrollmentStatus": lambda _: {"status": "Inactive", "memberAccountsEnrolled": False},
}


@contextmanager
def without_snapshots() -> Iterator[None]:
    """Moto gives every account the snapshots of the images that it has, more than a thousand; AWS gives it none."""
    with patch.object(settings, "ec2_load_default_amis", return_value=False):
        yield
