"""Elastic IP addresses, with the attribute names of the EC2 API in camelCase."""

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if


@check(
    "AWS::EC2::EIP",
    best_practices={
        "COST04-BP03": "an unused address is not released",
        "SUS02-BP03": "a public IPv4 address is allocated without use",
    },
    managed_rule="EIP_ATTACHED",
    automation="AWS-ReleaseElasticIP",
    effort="S",
    severity="low",
    live=True,
    fix="Release the address. The same address may not be available later.",
    compliant=[{"configuration.associationId": "eipassoc-1"}, {"configuration.instanceId": "i-1"}],
    non_compliant=[{}],
)
def eip_attached(address: ConfigurationItem) -> Verdict:
    """Elastic IP addresses are associated with an instance or network interface.

    An address without an association is charged like an address in use.
    """
    used = [address.has(f"configuration.{name}") for name in ("associationId", "instanceId", "networkInterfaceId")]
    return compliant_if(any_of(used), otherwise="no instance or network interface is associated (expected one)")
