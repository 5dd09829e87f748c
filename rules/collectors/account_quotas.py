"""How near the account is to its quotas.

An item's ``configuration`` holds the answers as the APIs give them, under service and operation: the path
``configuration.lambda.GetAccountSettings.AccountLimit`` names the call to repeat by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pillarwatch import ACCOUNT
from rules.collectors import collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.collectors import Aws, Listed


@collector(ACCOUNT, actions=("lambda:GetAccountSettings",))
def account_quotas(aws: Aws) -> Iterator[Listed]:
    """The account's limits; a section that is refused is unknown, and the others go on."""
    configuration = {"lambda": {"GetAccountSettings": aws.ask("lambda:GetAccountSettings")}}
    yield aws.listed(ACCOUNT, aws.account, configuration)
