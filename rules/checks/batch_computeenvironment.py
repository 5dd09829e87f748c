"""AWS Batch compute environments; their configuration items use the property names of CloudFormation."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, stated

KIND = "configuration.Type"


@check(
    "AWS::Batch::ComputeEnvironment",
    best_practices={
        "PERF02-BP01": "instance types are chosen by hand",
        "SUS05-BP03": "AWS Batch does not start and stop the instances",
        "COST06-BP03": "the number of instances does not follow the job queue automatically",
    },
    effort="M",
    severity="low",
    fix="Create a compute environment with Type MANAGED, and move the job queues to it.",
    compliant=[{KIND: "MANAGED"}],
    non_compliant=[{KIND: "UNMANAGED"}, {}],
)
def batch_compute_environment_managed(environment: ConfigurationItem) -> Verdict:
    """AWS Batch compute environments are managed.

    In an unmanaged environment, AWS Batch does not choose, scale or update the instances.
    """
    kind = environment.text(KIND).upper()
    return compliant_if(kind == "MANAGED", otherwise=f"Type is {stated(kind)} (expected MANAGED)")
