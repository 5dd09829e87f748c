"""``python -m pillarwatch`` is the command ``pillarwatch``."""

import sys

from pillarwatch.command import main

sys.exit(main())
