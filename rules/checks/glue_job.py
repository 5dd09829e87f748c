"""AWS Glue jobs: CloudFormation's shape."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, all_of, check, compliant_if, contains, none_of

VERSION = "configuration.GlueVersion"
WORKERS = "configuration.WorkerType"
COMMAND = "configuration.Command.Name"


@check(
    "AWS::Glue::Job",
    best_practices={"PERF02-BP01": "the Glue version is old, or no worker type is set"},
    effort="S",
    severity="low",
    fix="Set GlueVersion to 4.0 or later, and WorkerType to the measured size.",
    compliant=[{COMMAND: "glueetl", VERSION: "4.0", WORKERS: "G.1X"}, {COMMAND: "gluestreaming", WORKERS: "G.025X"}],
    non_compliant=[{COMMAND: "glueetl", VERSION: "3.0", WORKERS: "G.1X"}, {COMMAND: "glueetl", VERSION: "5.0"}],
    not_applicable=[{COMMAND: "pythonshell"}, {}],
)
def glue_job_current_version_and_workers(job: ConfigurationItem, *, least_version: float = 4.0) -> Verdict:
    """AWS Glue Spark jobs use Glue 4.0 or later and set a worker type.

    Older Glue versions start more slowly and need more time. A job without GlueVersion gets a current version.
    """
    if none_of([contains(("glueetl", "gluestreaming"), job.text(COMMAND))]):
        return NOT_APPLICABLE
    version = job.number(VERSION, least_version)
    current = all_of([version >= least_version, job.has(WORKERS)])
    return compliant_if(
        current, f"GlueVersion: {job.text(VERSION, 'not set')}, WorkerType: {job.text(WORKERS, 'not set')}"
    )
