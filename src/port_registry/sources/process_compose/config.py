"""One file's configuration, before files are merged: what process-compose's own types hold.

Only what ports depend on is kept. Every text is traced to where it is written.
"""

from collections.abc import Mapping
from typing import NamedTuple

from port_registry.languages.go_template import NO_VARIABLES, TemplateVariable
from port_registry.model import Dependency, Insertion, Span, TracedValue


class Variable(NamedTuple):
    """One environment variable."""

    name: str
    value: TracedValue
    single: bool
    """Whether its `NAME=value` has exactly one `=`: others are lost in a merge."""


class Http(NamedTuple):
    """An `http_get` check."""

    span: Span
    """Its key."""
    host: TracedValue | None
    scheme: TracedValue | None
    port: TracedValue | None


class ProbeConfig(NamedTuple):
    """A readiness or liveness probe."""

    span: Span
    """Its key."""
    command: TracedValue | None
    """What `exec` runs; empty text where `exec` says nothing, None where it is not there."""
    http: Http | None


class ProcessConfig(NamedTuple):
    """One process of one file."""

    name: str
    span: Span
    """Its key."""
    insertion: Insertion | None = None
    extends: TracedValue | None = None
    command: TracedValue | None = None
    entrypoint: tuple[TracedValue, ...] = ()
    args: tuple[TracedValue, ...] = ()
    environment: tuple[Variable, ...] = ()
    env_file: TracedValue | None = None
    working_dir: TracedValue | None = None
    dependencies: tuple[Dependency, ...] = ()
    readiness: ProbeConfig | None = None
    liveness: ProbeConfig | None = None
    shutdown: TracedValue | None = None
    disabled: bool = False
    is_disabled: TracedValue | None = None
    replicas: int = 0
    replicas_doubt: TracedValue | None = None
    """The value of `replicas` where it cannot be known."""
    vars: Mapping[str, TemplateVariable] = NO_VARIABLES
    rendered: bool = True
    """Whether templates in its command are rendered (`is_template_disabled` says not)."""
    dotenv: bool = True
    """Whether it gets what `.env` says (`is_dotenv_disabled` says not)."""


class ProjectConfig(NamedTuple):
    """One file."""

    path: str
    extends: TracedValue | None = None
    expands: bool = True
    """Whether `${VAR}` is replaced (`disable_env_expansion` says not)."""
    processes: tuple[ProcessConfig, ...] = ()
    environment: tuple[Variable, ...] = ()
    commands: tuple[str, ...] = ()
    """The names of variables that `env_cmds` sets."""
    vars: Mapping[str, TemplateVariable] = NO_VARIABLES
    server: tuple[TracedValue | None, TracedValue] | None = None
    """Host and port of `mcp_server`."""
