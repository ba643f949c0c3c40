"""Bad and hostile input: bounded, and nothing is raised."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bounded import within
from tests.sizes import size
from tests.sources.nix_stacks.reading import FLAKE, read
from tests.sources.nix_stacks.test_same_as_yaml import FEATURES, PATTERN
from tests.sources.nix_stacks.test_services import DEVENV

DEEP = 10_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "{ process-compose.dev = " + "{ a = " * DEEP + "1;" + " };" * DEEP + " }",
        "{ process-compose.dev.settings.processes.a.command = " + "(" * DEEP + ")" * DEEP + "; }",
        "{ process-compose.dev." + ".".join("a" * DEEP) + " = 1; }",
        "let f = n: { imports = [ (f (n + 1)) ]; }; in { process-compose.dev = f 0; }",
        "let m = { imports = [ m m ]; }; in { process-compose.dev = m; }",
        "let p = { environment = p; }; in { process-compose.dev.settings.processes.a = p; }",
        "rec { process-compose.dev = process-compose.dev; }",
        (
            "{ process-compose.dev = { config, ... }: { settings.processes.a.environment.A ="
            " config.settings.processes.a.environment.B;"
            " settings.processes.a.environment.B = config.settings.processes.a.environment.A; }; }"
        ),
        "{ process-compose.dev = { config, ... }: config; }",
        "{ process-compose.dev = { config, lib }: { config = lib.mkIf config.a { a = 1; }; }; }",
        '{ process-compose.dev.settings.processes = throw "no"; }',
        "{ process-compose.dev.settings.processes.a = [ 1 2 ]; }",
        "{ process-compose.dev.settings.processes = { a.command = x: x; b = null; c = 1.5; }; }",
        "{ process-compose.dev = { imports = [ ./flake.nix ]; }; }",
        '{ process-compose.dev.services.redis.a = { enable = true; port = ""; }; }',
        "{ process-compose.dev.services.redis.a = { enable = true; port = 99999; bind = 1; }; }",
        "{ process-compose",
        "{ process-compose.dev.services = 1; process-compose.dev.settings = [ ]; }",
        "x: y: z: { process-compose = x y z; }",
        "{ process-compose = { inherit (a) b; }; }",
    ],
    ids=range(20),
)
def test_odd_texts(text: str) -> None:
    with within(10):
        for stack in read({FLAKE: text}).stacks:
            assert isinstance(stack.services, tuple)


def test_a_ring_of_files() -> None:
    ring = {
        f"m{n}.nix": f"{{ imports = [ ./m{(n + 1) % 50}.nix ./m{(n + 7) % 50}.nix ]; }}"
        for n in range(50)
    }
    flake = (
        '{ process-compose.dev = { imports = [ ./m0.nix ]; settings.processes.a.command = "a"; }; }'
    )
    (found,) = read({FLAKE: flake, **ring}).stacks
    assert set(found.files) == {FLAKE, *ring}


TEXTS = (PATTERN[0], FEATURES[0], DEVENV)


@settings(max_examples=size(12, 60))
@given(
    st.sampled_from(TEXTS),
    st.integers(0, 2000),
    st.integers(0, 40),
    st.text(alphabet="{}[]();=.$\"' \nabport01-", max_size=8),
)
def test_mutilated_texts(text: str, at: int, length: int, put: str) -> None:
    read({"devenv.nix": text[:at] + put + text[at + length :]})
