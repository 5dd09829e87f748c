"""SageMaker notebook instances. AWS Config does not record them: CloudFormation's properties, and the API's state."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if

LIFECYCLE = "configuration.LifecycleConfigName"
MODIFIED = "supplementaryConfiguration.sagemaker.ListNotebookInstances.NotebookInstances.LastModifiedTime"
STATUS = "supplementaryConfiguration.sagemaker.ListNotebookInstances.NotebookInstances.NotebookInstanceStatus"

IN_SERVICE = {STATUS: "InService"}


@check(
    "AWS::SageMaker::NotebookInstance",
    best_practices={
        "COST04-BP04": "idle notebook instances are not stopped automatically",
        "SUS02-BP05": "the notebook instance runs without a user",
    },
    effort="S",
    severity="medium",
    collector="notebooks",
    live=True,
    fix="Set LifecycleConfigName to a lifecycle configuration that stops the instance when it is idle.",
    compliant=[
        {**IN_SERVICE, LIFECYCLE: "stop-when-idle", MODIFIED: "2025-06-01T00:00:00+00:00"},
        {**IN_SERVICE, MODIFIED: "2026-01-08T12:00:00+00:00"},
    ],
    non_compliant=[{**IN_SERVICE, MODIFIED: "2026-01-08T11:59:00+00:00"}],
    not_applicable=[{STATUS: "Stopped", MODIFIED: "2025-06-01T00:00:00+00:00"}, {}],
)
def sagemaker_notebook_idle(notebook: ConfigurationItem, *, most_days: int = 7) -> Verdict:
    """SageMaker notebook instances are stopped when they are idle.

    A running notebook instance is billed for each hour, also without a user. An instance with a lifecycle configuration
    passes, and so does one that was started within 7 days. The script of the configuration is not inspected.
    """
    if notebook.text(STATUS) != "InService":
        return NOT_APPLICABLE
    days = notebook.days_since(MODIFIED)
    stops = any_of([notebook.has(LIFECYCLE), days <= most_days])
    found = f"running for {days:.0f} days without LifecycleConfigName"
    return compliant_if(stops, otherwise=f"{found} (expected {most_days} days or less)")
