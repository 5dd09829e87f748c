"""EC2 Image Builder pipelines: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, all_of, check, compliant_if

SCHEDULE = "configuration.Schedule.ScheduleExpression"
STATUS = "configuration.Status"
TESTS = "configuration.ImageTestsConfiguration.ImageTestsEnabled"


@check(
    "AWS::ImageBuilder::ImagePipeline",
    best_practices={
        "SEC06-BP02": "new instances start from an image without recent patches",
        "OPS05-BP05": "patches are added to the image only manually",
        "SEC06-BP05": "no automation builds images with current patches",
    },
    effort="M",
    severity="low",
    fix=(
        "Set Schedule.ScheduleExpression to a schedule, for example rate(7 days). Set Status to ENABLED and "
        "ImageTestsConfiguration.ImageTestsEnabled to true."
    ),
    compliant=[{SCHEDULE: "cron(0 0 * * ? *)", STATUS: "ENABLED", TESTS: True}, {SCHEDULE: "cron(0 0 * * ? *)"}],
    non_compliant=[{SCHEDULE: "cron(0 0 * * ? *)", STATUS: "DISABLED"}, {SCHEDULE: "rate(7 days)", TESTS: False}, {}],
)
def image_builder_pipeline_scheduled(pipeline: ConfigurationItem) -> Verdict:
    """EC2 Image Builder pipelines build and test images on a schedule.

    By default, a pipeline has no schedule. New instances then start from an image without recent security patches.
    """
    active = [pipeline.text(STATUS, "ENABLED") == "ENABLED", pipeline.flag(TESTS, default=True)]
    return compliant_if(
        all_of([pipeline.has(SCHEDULE), *active]), "the pipeline is disabled, untested or not scheduled"
    )
