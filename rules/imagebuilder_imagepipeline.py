"""Pipelines of EC2 Image Builder: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if

SCHEDULE = "configuration.Schedule.ScheduleExpression"
STATUS = "configuration.Status"
TESTS = "configuration.ImageTestsConfiguration.ImageTestsEnabled"


@check(
    "AWS::ImageBuilder::ImagePipeline",
    best_practices={
        "SEC06-BP02": "new machines come from an image that nobody patches",
        "OPS05-BP05": "patches reach the image when somebody thinks of it",
        "SEC06-BP05": "no image is built with what is patched unless somebody does it",
    },
    effort="M",
    severity="low",
    fix="Enable the pipeline, with a schedule and its tests.",
    compliant=[{SCHEDULE: "cron(0 0 * * ? *)", STATUS: "ENABLED", TESTS: True}, {SCHEDULE: "cron(0 0 * * ? *)"}],
    non_compliant=[{SCHEDULE: "cron(0 0 * * ? *)", STATUS: "DISABLED"}, {SCHEDULE: "rate(7 days)", TESTS: False}, {}],
)
def image_builder_pipeline_scheduled(pipeline: ConfigurationItem) -> Verdict:
    """Images are built and tested on a schedule.

    Enabled and tested is the default, a schedule is not.
    """
    ready = [pipeline.text(STATUS, "ENABLED") == "ENABLED", pipeline.flag(TESTS, default=True)]
    return compliant_if(all_of([pipeline.has(SCHEDULE), *ready]), otherwise="disabled, untested or without a schedule")
