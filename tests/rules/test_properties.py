"""What holds of every stack and every move of the registry."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from port_registry.checks.fix import FixSelection
from tests.rules import harness
from tests.rules.samples import STACK, project
from tests.sizes import size

NUMBERS = st.lists(st.integers(7400, 7420), min_size=4, max_size=4, unique=True)
"""Ports of four entries, close together, so that moves make chains and swaps."""

USES = st.lists(st.lists(st.integers(0, 3), unique=True), min_size=4, max_size=4)
"""For each process, the entries that it connects to."""


def _registry(numbers: list[int]) -> str:
    entries = "".join(f"  e{at} = {number};\n" for at, number in enumerate(numbers))
    return f"{{ svc = {{\n{entries}}}; }}\n"


def _annotation(at: int, numbers: list[int]) -> str:
    return f"# Port from lib/ports.nix: svc.e{at} = {numbers[at]}"


def _stack(numbers: list[int], uses: list[list[int]]) -> str:
    """Return a stack in which each process has an entry, and all is annotated."""
    lines = ["processes:"]
    for at, others in enumerate(uses):
        lines += [
            f"  p{at}:",
            f"    {_annotation(at, numbers)}",
            f"    command: gunicorn -b 127.0.0.1:{numbers[at]} app",
            "    readiness_probe:",
            "      exec:",
            f"        command: nc -z 127.0.0.1 {numbers[at]}",
        ]
        if set(others) - {at}:
            lines.append("    environment:")
        for other in others:
            if other != at:
                lines.append(f"      {_annotation(other, numbers)}")
                lines.append(f"      - E{other}_URL=http://localhost:{numbers[other]}/")
    return "\n".join(lines) + "\n"


@pytest.mark.slow
@settings(max_examples=size(12, 60), deadline=None)
@given(NUMBERS, NUMBERS, USES)
def test_a_stack_follows_every_move(
    before: list[int], after: list[int], uses: list[list[int]]
) -> None:
    assert harness.run(project(_stack(before, uses), _registry(before))).shown() == []
    fixed = harness.fix(project(_stack(before, uses), _registry(after)), FixSelection.SAFE)
    assert fixed.files[STACK] == _stack(after, uses)
    assert fixed.shown() == []


PIECE = st.sampled_from(
    [
        "    # Port from lib/ports.nix: svc.e0 = {a}\n",
        "    # Port from lib/ports.nix: svc.e1\n",
        "    # Port from lib/ports.nix: svc.e9 = {b}\n",
        "    # Port from other.nix: svc.e1 = {a}\n",
        "    # port-registry: allow hardcoded-port -- so be it\n",
    ]
)
COMMAND = st.sampled_from(
    [
        "    command: gunicorn -b 127.0.0.1:{a} app\n",
        "    command: redis-server --port {a}\n",
        "    command: |\n      curl http://localhost:{b}\n      serve -p {a}\n",
        "    command: docker run -p {a}:{b} image\n",
        "    command: sleep 1\n",
    ]
)
REST = st.lists(
    st.sampled_from(
        [
            "    environment:\n      - PORT={a}\n",
            "    readiness_probe:\n      http_get: {{host: 127.0.0.1, port: {b}}}\n",
            "    readiness_probe: {{}}\n",
            "    liveness_probe:\n      exec:\n        command: nc -z localhost {a}\n",
            "    depends_on: {{p0: {{condition: process_healthy}}}}\n",
            "    disabled: true\n",
            "    replicas: 2\n",
            "    shutdown:\n      command: redis-cli -p {b} shutdown\n",
        ]
    ),
    unique_by=lambda text: text.split(":")[0],
    max_size=4,
)
PORTS = st.sampled_from([7400, 7401, 7402, 8080, 0, 99999, 6379])


@st.composite
def stacks(draw: st.DrawFn) -> str:
    """Return a stack of pieces that may fit together or not."""
    text = "processes:\n"
    for at in range(draw(st.integers(1, 3))):
        numbers = {"a": draw(PORTS), "b": draw(PORTS)}
        pieces = [*draw(st.lists(PIECE, max_size=2)), draw(COMMAND), *draw(REST)]
        text += f"  p{at}:\n" + "".join(piece.format(**numbers) for piece in pieces)
    return text


@pytest.mark.slow
@settings(max_examples=size(30, 150), deadline=None)
@given(stacks(), st.sampled_from([FixSelection.SAFE, FixSelection.ALL]))
def test_fixes_settle_whatever_stands_there(stack: str, wanted: FixSelection) -> None:
    registry = "{ svc = { e0 = 7400; e1 = 7401; redis = 6379; }; }\n"
    harness.settle(project(stack, registry), wanted)
