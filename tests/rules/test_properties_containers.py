"""What holds of every Compose project with its environment file, and every registry."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from port_registry.checks.fix import FixSelection
from tests.rules import harness
from tests.sizes import size

_NUMBERS = st.lists(st.integers(7400, 7420), min_size=3, max_size=3, unique=True)
"""Ports of three entries, close together, so that moves make chains and swaps."""


def _registry(numbers: list[int]) -> str:
    entries = "".join(f"  e{at} = {number};\n" for at, number in enumerate(numbers))
    return f"{{ svc = {{\n{entries}}}; }}\n"


def _annotation(at: int, numbers: list[int]) -> str:
    return f"# Port from lib/ports.nix: svc.e{at} = {numbers[at]}\n"


def _project(numbers: list[int]) -> harness.Files:
    """Return a project in which everything is tied: each service by another kind of place."""
    first, second, third = numbers
    compose = (
        "services:\n  e0:\n    image: acme/e0\n    ports:\n      "
        + _annotation(0, numbers)
        + f"      - '127.0.0.1:{first}:80'\n    environment:\n"
        f"      OTHER_URL: http://localhost:{second}\n  e1:\n    image: acme/e1\n    ports:\n      "
        + _annotation(1, numbers)
        + f"      - '${{E1_PORT:-{second}}}:80'\n  e2:\n    image: acme/e2\n"
        "    ports: ['${E2_PORT}:80']\n"
    )
    env = f"E1_PORT={second}\n" + _annotation(2, numbers) + f"E2_PORT={third}\n"
    template = _annotation(0, numbers) + f"A_URL=http://localhost:{first}\nA_PORT={first}\n"
    return {
        "lib/ports.nix": _registry(numbers),
        "compose.yaml": compose,
        ".env": env,
        ".env.example": template,
    }


@pytest.mark.slow
@settings(max_examples=size(12, 60), deadline=None)
@given(_NUMBERS, _NUMBERS)
def test_a_project_follows_every_move(before: list[int], after: list[int]) -> None:
    files = _project(before)
    assert harness.run(files).shown() == []
    fixed = harness.fix({**files, "lib/ports.nix": _registry(after)}, FixSelection.SAFE)
    assert fixed.files == _project(after)
    assert fixed.shown() == []


_PORTS = st.sampled_from([7400, 7401, 7402, 0, 99999, 6379])

_PIECES = st.lists(
    st.sampled_from(
        [
            "    ports: ['{a}:80']\n",
            "    ports:\n      - '${{A:-{a}}}:{b}'\n      - {b}:1/udp\n",
            "    ports: [{{target: 80, published: '${{B}}', host_ip: 127.0.0.1}}]\n",
            "    ports: &p\n      # Port from lib/ports.nix: svc.e0 = {a}\n      - '{a}-{b}:80'\n",
            "    # Port from lib/ports.nix: svc.e1\n    ports: !override ['{b}:1', '{a}:2']\n",
            "    network_mode: host\n",
            "    profiles: [x]\n",
            "    scale: 2\n",
            "    environment: {{PORT: '${{A:-{b}}}', URL: 'http://localhost:{a}'}}\n",
            "    environment:\n      - CORS_ORIGIN=http://localhost:{b}\n      - B\n",
            "    env_file: .env\n",
            "    extends: s0\n",
            "    depends_on: {{s0: {{condition: service_completed_successfully}}}}\n",
            "    command: redis-server --port {a}\n",
        ]
    ),
    unique_by=lambda text: text.split(":")[0].strip(" #"),
    max_size=5,
)

_LINES = st.lists(
    st.sampled_from(
        [
            "# Port from lib/ports.nix: svc.e0 = {a}\n",
            "A={a}\n",
            "B={b} # Port from lib/ports.nix: svc.e2 = {b}\n",
            "export X_PORT='{a}'\n",
            "X_HOST=localhost\n",
            'URLS="http://localhost:{a},\nhttp://localhost:{b}"\n',
            "no assignment\n",
            "BIND=0.0.0.0:{b}\n",
            "# port-registry: allow hardcoded-port\n",
        ]
    ),
    max_size=6,
)


@st.composite
def _projects(draw: st.DrawFn) -> harness.Files:
    """Return a project of pieces that may fit together or not."""

    def filled(pieces: list[str]) -> str:
        numbers = {"a": draw(_PORTS), "b": draw(_PORTS)}
        return "".join(piece.format(**numbers) for piece in pieces)

    def services() -> str:
        parts = (
            f"  s{at}:\n    image: redis\n" + filled(draw(_PIECES)) for at in range(draw(_COUNT))
        )
        return "services:\n" + "".join(parts)

    return {
        "lib/ports.nix": _registry([7400, 7401, 6379]),
        "compose.yaml": services(),
        draw(st.sampled_from(["compose.override.yaml", "compose.dev.yaml"])): services(),
        ".env": filled(draw(_LINES)),
        draw(st.sampled_from([".env.example", ".env.dev", "x/prod.env"])): filled(draw(_LINES)),
    }


_COUNT = st.integers(1, 3)


@pytest.mark.slow
@settings(max_examples=size(20, 150), deadline=None)
@given(_projects(), st.sampled_from(FixSelection))
def test_fixes_of_any_project_settle(files: harness.Files, wanted: FixSelection) -> None:
    harness.settle(files, wanted)
