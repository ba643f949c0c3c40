"""`python -m port_registry` is the command `port-registry`, and leaves as its script does."""

import os

from port_registry.cli.main import main

os._exit(main())
