"""Capacity Reservations, with CloudFormation's attribute names."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if

AVAILABLE = "configuration.AvailableInstanceCount"


@check(
    "AWS::EC2::CapacityReservation",
    best_practices={"COST04-BP03": "unused reserved capacity is not released"},
    effort="S",
    live=True,
    fix="Decrease InstanceCount, or cancel the reservation.",
    compliant=[{AVAILABLE: 0}, {}],
    non_compliant=[{AVAILABLE: 1, "configuration.TotalInstanceCount": 4}],
)
def ec2_capacity_reservation_utilised(reservation: ConfigurationItem) -> Verdict:
    """EC2 Capacity Reservations are fully used.

    Unused reserved capacity is charged like running instances. Add a waiver for capacity that is kept for failover.
    """
    free, reserved = reservation.number(AVAILABLE), reservation.number("configuration.TotalInstanceCount")
    return compliant_if(free == 0, otherwise=f"AvailableInstanceCount is {free} of {reserved} (expected 0)")
