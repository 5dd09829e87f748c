"""Things: a resource type for tests, with checks that pass, fail, do not know and crash."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if

PRACTICE = {"REL09-BP01": "it is for tests"}


@check("AWS::Sample::Thing", best_practices=PRACTICE, effort="S", fix="Size it.", compliant=[{}], non_compliant=[{}])
def thing_sized(thing: ConfigurationItem) -> Verdict:
    """Things have a size."""
    if thing.flag("configuration.exempt"):
        return NOT_APPLICABLE
    return compliant_if(thing.number("configuration.size") > 0, otherwise="size is 0")


@check(
    "AWS::Sample::Thing",
    best_practices=PRACTICE,
    severity="critical",
    effort="S",
    fix="Mend it.",
    compliant=[{}],
    non_compliant=[{}],
)
def thing_whole(thing: ConfigurationItem) -> Verdict:
    """Things are whole."""
    if thing.flag("configuration.explosive"):
        raise ZeroDivisionError("boom")
    if thing.flag("configuration.exempt"):
        return NOT_APPLICABLE
    return compliant_if(thing.flag("configuration.whole"), otherwise="it is broken")


@check(
    "AWS::Sample::Thing",
    best_practices=PRACTICE,
    effort="S",
    fix="Paint it.",
    collector="things",
    compliant=[{}],
    non_compliant=[{}],
)
def thing_painted(thing: ConfigurationItem) -> Verdict:
    """Things are painted."""
    coats = thing.related("AWS::Sample::Paint")
    return compliant_if(any(coat.text("configuration.color") for coat in coats), otherwise="no paint")
