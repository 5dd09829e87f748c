"""docs/settings.md: every table and key of the settings file, with its default and an explanation."""

from __future__ import annotations

from settings.discovery import NAME
from settings.starter import starter

PAGE = """\
# Settings

Without a settings file the defaults apply. `pillarwatch init` writes a commented file, which changes nothing until you
remove a "# ". `pillarwatch scan` and `pillarwatch review` name the file that they use. It is the file of `--settings`,
or the {name} beside the first template or in the nearest folder above it. The search ends at the root of the repository
(the folder with `.git`); outside of a repository it ends at the current folder.

`pillarwatch deploy` packages the settings with the functions: a change takes effect with the next deployment. An
unknown table or key is an error that names the nearest known one. Expired waivers, waivers that match nothing and
checks that are off are part of every output.

This is the whole file, with the defaults and with an example for each key without a default:

```toml
{starter}```
"""


def settings_page() -> str:
    """The page."""
    return PAGE.format(name=NAME, starter=starter())
