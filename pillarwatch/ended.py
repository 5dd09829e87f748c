"""Statuses of resources that AWS Config still records and that no longer exist, by resource type."""

ENDED = {
    "AWS::DynamoDB::Table": ("configuration.tableStatus", ("DELETING",)),
    "AWS::EC2::Instance": ("configuration.state.name", ("shutting-down", "terminated")),
    "AWS::EC2::NatGateway": ("configuration.state.value", ("deleting", "deleted")),
    "AWS::EC2::VPNConnection": ("configuration.state.value", ("deleting", "deleted")),
    "AWS::EC2::Volume": ("configuration.state.value", ("deleting", "deleted")),
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-definition-state.html
    "AWS::ECS::TaskDefinition": ("configuration.Status", ("INACTIVE", "DELETE_IN_PROGRESS")),
    "AWS::ElasticBeanstalk::Environment": ("configuration.status", ("Terminating", "Terminated")),
    "AWS::RDS::DBCluster": ("configuration.status", ("deleting",)),
    "AWS::RDS::DBInstance": ("configuration.dBInstanceStatus", ("deleting",)),
}
