"""The recorder of AWS Config: CloudFormation's shape, with what it does now."""

from pillarwatch import ConfigurationItem, Verdict, all_of, any_of, check, compliant_if, in_json

GROUP = "configuration.RecordingGroup"
RECORDING = "configuration.Recording"


@check(
    "AWS::Config::ConfigurationRecorder",
    best_practices={
        "SEC01-BP03": "controls cannot be validated on what is not recorded",
        "SEC04-BP02": "changes of some types leave no trace",
        "OPS05-BP03": "what changed, and when, is not known of every type",
    },
    effort="S",
    live=True,
    fix="Start the recorder, for all supported types or all but a few.",
    compliant=[
        {RECORDING: True, f"{GROUP}.AllSupported": True},
        {RECORDING: True, f"{GROUP}.ExclusionByResourceTypes.ResourceTypes": ["AWS::EC2::NetworkInterface"]},
    ],
    non_compliant=[{RECORDING: False, f"{GROUP}.AllSupported": True}, {RECORDING: True}, {}],
)
def config_recorder_all_resources(recorder: ConfigurationItem) -> Verdict:
    """AWS Config records every type of resource.

    A list of types to leave out is a decision; a list of types to record forgets the next one.
    """
    recording = recorder.flag(RECORDING)
    excluded = recorder.has(f"{GROUP}.ExclusionByResourceTypes.ResourceTypes")
    every = any_of([recorder.flag(f"{GROUP}.AllSupported"), excluded])
    return compliant_if(
        all_of([recording, every]),
        otherwise=f"recording: {in_json(recording)}, allSupported: {in_json(every)} (expected true for both)",
    )
