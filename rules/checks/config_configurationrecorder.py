"""AWS Config recorders; items use the property names of CloudFormation, with the state of the recorder (Recording)."""

from pillarwatch import ConfigurationItem, Verdict, all_of, any_of, check, compliant_if, in_json

GROUP = "configuration.RecordingGroup"
RECORDING = "configuration.Recording"


@check(
    "AWS::Config::ConfigurationRecorder",
    best_practices={
        "SEC01-BP03": "controls cannot be validated for resources that are not recorded",
        "SEC04-BP02": "changes of some resource types are not recorded",
        "OPS05-BP03": "the configuration history of some resource types is missing",
    },
    effort="S",
    live=True,
    fix="Start the recorder, and set AllSupported or ExclusionByResourceTypes. Each recorded item is charged.",
    compliant=[
        {RECORDING: True, f"{GROUP}.AllSupported": True},
        {RECORDING: True, f"{GROUP}.ExclusionByResourceTypes.ResourceTypes": ["AWS::EC2::NetworkInterface"]},
    ],
    non_compliant=[{RECORDING: False, f"{GROUP}.AllSupported": True}, {RECORDING: True}, {}],
)
def config_recorder_all_resources(recorder: ConfigurationItem) -> Verdict:
    """AWS Config records all supported resource types.

    Changes of resources that are not recorded cannot be evaluated or investigated. A recorder that excludes some types
    passes. A recorder with a list of included types fails, because it does not record new types.
    """
    recording = recorder.flag(RECORDING)
    excluded = recorder.has(f"{GROUP}.ExclusionByResourceTypes.ResourceTypes")
    all_types = any_of([recorder.flag(f"{GROUP}.AllSupported"), excluded])
    found = f"recording: {in_json(recording)}, all supported types: {in_json(all_types)}"
    return compliant_if(all_of([recording, all_types]), otherwise=f"{found} (expected true for both)")
