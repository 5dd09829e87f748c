"""Amazon MQ brokers: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, none_of

PUBLIC = "configuration.PubliclyAccessible"


@check(
    "AWS::AmazonMQ::Broker",
    best_practices={
        "SEC05-BP01": "the broker has a public endpoint instead of one in a private subnet",
        "SEC03-BP07": "anybody on the internet may connect and try to log in",
    },
    managed_rule="MQ_NO_PUBLIC_ACCESS",
    effort="L",
    exposed=True,
    fix="Recreate the broker in private subnets with PubliclyAccessible false.",
    compliant=[{PUBLIC: False}, {}],
    non_compliant=[{PUBLIC: True}],
)
def mq_no_public_access(broker: ConfigurationItem) -> Verdict:
    """Amazon MQ brokers have no public endpoint.

    A public broker can be reached from the internet; only its users' passwords protect its messages.
    """
    return compliant_if(none_of([broker.flag(PUBLIC)]), otherwise="PubliclyAccessible is true (expected false)")
