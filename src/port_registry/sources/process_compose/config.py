"""Configuration of one file, before files are merged, in the terms of process-compose's types.

Only the fields that ports depend on are kept. Every text is traced to its source.
"""

from collections.abc import Mapping

from port_registry.languages.go_template import NO_VARIABLES, TemplateVariable
from port_registry.model import Dependency, Insertion, NamedTuple, Span, TracedValue


class EnvironmentVariable(NamedTuple):
    """One environment variable."""

    name: str
    value: TracedValue
    has_single_equals: bool
    """Whether its `NAME=value` has exactly one `=`: others are lost when files are merged."""


class HttpCheck(NamedTuple):
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
    """The command of `exec`; an empty text where `exec` has none, None without `exec`."""
    http: HttpCheck | None


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
    environment: tuple[EnvironmentVariable, ...] = ()
    env_file: TracedValue | None = None
    working_dir: TracedValue | None = None
    dependencies: tuple[Dependency, ...] = ()
    readiness: ProbeConfig | None = None
    liveness: ProbeConfig | None = None
    shutdown: TracedValue | None = None
    disabled: bool = False
    is_disabled: TracedValue | None = None
    replicas: int = 0
    unknown_replicas: TracedValue | None = None
    """The value of `replicas`, if it cannot be known."""
    vars: Mapping[str, TemplateVariable] = NO_VARIABLES
    renders_templates: bool = True
    """Whether templates in its command are rendered (not with `is_template_disabled`)."""
    reads_dotenv: bool = True
    """Whether it gets the variables of `.env` (not with `is_dotenv_disabled`)."""


class ProjectConfig(NamedTuple):
    """The configuration of one file."""

    path: str
    extends: TracedValue | None = None
    expands_variables: bool = True
    """Whether `${VAR}` is replaced (not with `disable_env_expansion`)."""
    processes: tuple[ProcessConfig, ...] = ()
    environment: tuple[EnvironmentVariable, ...] = ()
    command_variables: tuple[str, ...] = ()
    """The names of variables that `env_cmds` sets."""
    vars: Mapping[str, TemplateVariable] = NO_VARIABLES
    mcp_server: tuple[TracedValue | None, TracedValue] | None = None
    """Host and port of `mcp_server`."""
