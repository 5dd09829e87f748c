"""Capacity reservations: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if

FREE = "configuration.AvailableInstanceCount"


@check(
    "AWS::EC2::CapacityReservation",
    best_practices={"COST04-BP03": "capacity that nothing uses is not given back"},
    effort="S",
    live=True,
    fix="Make the reservation smaller, or cancel it.",
    compliant=[{FREE: 0}, {}],
    non_compliant=[{FREE: 1, "configuration.TotalInstanceCount": 4}],
)
def ec2_capacity_reservation_utilised(reservation: ConfigurationItem) -> Verdict:
    """Reserved capacity is used.

    What stands free is paid for as if it ran. Waive it for capacity that is kept for a failover.
    """
    free, reserved = reservation.number(FREE), reservation.number("configuration.TotalInstanceCount")
    return compliant_if(free == 0, otherwise=f"{free} of {reserved} instances are free")
