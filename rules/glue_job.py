"""Glue jobs: CloudFormation's shape."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, all_of, check, compliant_if, contains, none_of

VERSION = "configuration.GlueVersion"
WORKERS = "configuration.WorkerType"
COMMAND = "configuration.Command.Name"


@check(
    "AWS::Glue::Job",
    best_practices={"PERF02-BP01": "the engine is old, or nobody chose the size of the workers"},
    effort="S",
    severity="low",
    fix="Set a Glue version of 4.0 or later, and a worker type.",
    compliant=[{COMMAND: "glueetl", VERSION: "4.0", WORKERS: "G.1X"}, {COMMAND: "gluestreaming", WORKERS: "G.025X"}],
    non_compliant=[{COMMAND: "glueetl", VERSION: "3.0", WORKERS: "G.1X"}, {COMMAND: "glueetl", VERSION: "5.0"}],
    not_applicable=[{COMMAND: "pythonshell"}, {}],
)
def glue_job_current_version_and_workers(job: ConfigurationItem, *, least_version: float = 4.0) -> Verdict:
    """Spark jobs of Glue run on a current version with workers of a chosen size.

    A newer version starts faster and does more in the same time. A job that names none is given the current one.
    """
    if none_of([contains(("glueetl", "gluestreaming"), job.text(COMMAND))]):
        return NOT_APPLICABLE
    version = job.number(VERSION, least_version)
    current = all_of([version >= least_version, job.has(WORKERS)])
    return compliant_if(current, otherwise=f"version {version}, workers {job.text(WORKERS, 'not chosen')}")
