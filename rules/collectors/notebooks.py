"""SageMaker notebook instances, which AWS Config does not record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.collectors import collector, completed
from rules.collectors._tags import tags_by_arn, tags_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed

NOTEBOOK = "AWS::SageMaker::NotebookInstance"


@collector(NOTEBOOK, actions=("sagemaker:ListNotebookInstances", "tag:GetResources"))
def notebooks(aws: Aws) -> Iterator[Listed]:
    """Notebook instances in CloudFormation's shape, with their state."""
    tags = tags_by_arn(aws, "sagemaker:notebook-instance")
    for each in aws.walk("sagemaker:ListNotebookInstances", "NotebookInstances"):
        name, arn = each["NotebookInstanceName"], each["NotebookInstanceArn"]
        configuration = {
            "NotebookInstanceName": name,
            "InstanceType": each.get("InstanceType"),
            "LifecycleConfigName": each.get("NotebookInstanceLifecycleConfigName"),
        }
        item = aws.listed(NOTEBOOK, name, configuration, arn=arn, tags=tags_of(tags, arn)).item
        state = {key: each.get(key) for key in ("LastModifiedTime", "NotebookInstanceStatus")}
        yield completed(item, {"sagemaker": {"ListNotebookInstances": {"NotebookInstances": state}}})
