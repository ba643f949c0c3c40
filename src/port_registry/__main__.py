"""`python -m port_registry` is the command `port-registry`."""

import sys

from port_registry.cli.main import main

sys.exit(main())
