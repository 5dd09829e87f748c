"""Compute environments of AWS Batch: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if

KIND = "configuration.Type"


@check(
    "AWS::Batch::ComputeEnvironment",
    best_practices={
        "PERF02-BP01": "somebody sizes by hand what AWS would choose",
        "SUS05-BP03": "machines wait for jobs instead of coming with them",
        "COST06-BP03": "the number of machines does not follow the queue",
    },
    effort="M",
    severity="low",
    fix="Make a managed environment.",
    compliant=[{KIND: "MANAGED"}],
    non_compliant=[{KIND: "UNMANAGED"}, {}],
)
def batch_compute_environment_managed(environment: ConfigurationItem) -> Verdict:
    """Batch chooses and scales the machines of its environments.

    In an unmanaged one somebody else has to.
    """
    kind = environment.text(KIND, "absent").upper()
    return compliant_if(kind == "MANAGED", otherwise=f"Type is {kind} (expected MANAGED)")
