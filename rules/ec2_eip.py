"""Elastic IP addresses: the describe API's camelCase."""

from pillarwatch import ConfigurationItem, Verdict, any_of, check, compliant_if


@check(
    "AWS::EC2::EIP",
    best_practices={
        "COST04-BP03": "an address that nothing uses is not released",
        "SUS02-BP03": "a scarce address is kept for nobody",
    },
    managed_rule="EIP_ATTACHED",
    automation="AWS-ReleaseElasticIP",
    effort="S",
    severity="low",
    live=True,
    fix="Release the address.",
    compliant=[{"configuration.associationId": "eipassoc-1"}, {"configuration.instanceId": "i-1"}],
    non_compliant=[{}],
)
def eip_attached(address: ConfigurationItem) -> Verdict:
    """Elastic IP addresses are attached to something.

    One that is not costs the same.
    """
    used = [address.has(f"configuration.{name}") for name in ("associationId", "instanceId", "networkInterfaceId")]
    return compliant_if(any_of(used), otherwise="attached to nothing")
