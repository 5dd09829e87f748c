"""Amazon MQ brokers; their configuration items use the property names of CloudFormation."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, none_of

PUBLIC = "configuration.PubliclyAccessible"


@check(
    "AWS::AmazonMQ::Broker",
    best_practices={
        "SEC05-BP01": "the broker has a public endpoint instead of one in a private subnet",
        "SEC03-BP07": "the internet can connect to the broker and try passwords",
    },
    managed_rule="MQ_NO_PUBLIC_ACCESS",
    effort="L",
    exposed=True,
    fix="Recreate the broker in private subnets with PubliclyAccessible set to false.",
    compliant=[{PUBLIC: False}, {}],
    non_compliant=[{PUBLIC: True}],
)
def mq_no_public_access(broker: ConfigurationItem) -> Verdict:
    """Amazon MQ brokers are not publicly accessible.

    Anyone on the internet can connect to a public broker, and only the users' passwords protect the messages.
    """
    return compliant_if(none_of([broker.flag(PUBLIC)]), otherwise="PubliclyAccessible is true (expected false)")
