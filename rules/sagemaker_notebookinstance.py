"""SageMaker's notebook instances, which Config does not record: CloudFormation's shape, and what the API lists."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if

LIFECYCLE = "configuration.LifecycleConfigName"
MODIFIED = "supplementaryConfiguration.sagemaker.ListNotebookInstances.NotebookInstances.LastModifiedTime"
STATUS = "supplementaryConfiguration.sagemaker.ListNotebookInstances.NotebookInstances.NotebookInstanceStatus"

RUNS = {STATUS: "InService"}


@check(
    "AWS::SageMaker::NotebookInstance",
    best_practices={
        "COST04-BP04": "idle notebook instances are not stopped",
        "SUS02-BP05": "the notebook instance runs day and night",
    },
    effort="S",
    severity="medium",
    collector="notebooks",
    live=True,
    fix="Attach a lifecycle configuration that stops the notebook when it is idle.",
    compliant=[
        {**RUNS, LIFECYCLE: "stop-when-idle", MODIFIED: "2025-06-01T00:00:00+00:00"},
        {**RUNS, MODIFIED: "2026-01-08T12:00:00+00:00"},
    ],
    non_compliant=[{**RUNS, MODIFIED: "2026-01-08T11:59:00+00:00"}],
    not_applicable=[{STATUS: "Stopped", MODIFIED: "2025-06-01T00:00:00+00:00"}, {}],
)
def sagemaker_notebook_idle(notebook: ConfigurationItem, *, most_days: int = 7) -> Verdict:
    """Notebook instances stop when they are idle.

    By a lifecycle configuration, whose script we trust to do so, or by hand within a week: starting and stopping is a
    modification. CloudWatch has no metric of whether somebody sits at one.
    """
    if notebook.text(STATUS) != "InService":
        return NOT_APPLICABLE
    days = notebook.days_since(MODIFIED)
    stops = any_of([notebook.has(LIFECYCLE), days <= most_days])
    return compliant_if(stops, otherwise=f"running for {days:.0f} days, and nothing stops it")
