"""Which files make a stack."""

import pytest

from port_registry.sources.process_compose.discover import is_candidate, looks_like, stacks_in


@pytest.mark.parametrize(
    ("paths", "stacks"),
    [
        (["a.yaml", "docker.yml"], []),
        (["process-compose.yaml"], [("process-compose.yaml",)]),
        (["d/process-compose.yaml", "d/process-compose.override.yaml"],
         [("d/process-compose.yaml", "d/process-compose.override.yaml")]),
        (["process-compose.yaml", "compose.yml", "compose.override.yaml",
          "process-compose.override.yml"],
         [("compose.yml", "compose.override.yaml"), ("process-compose.yaml",)]),
        (["process-compose.yaml", "process-compose.dev.yaml", "process-compose.dev.override.yaml"],
         [("process-compose.yaml",),
          ("process-compose.dev.yaml", "process-compose.dev.override.yaml")]),
        (["b/pc.dev.yaml", "a/my-process-compose.json"],
         [("a/my-process-compose.json",), ("b/pc.dev.yaml",)]),
        (["process-compose.override.yaml"], [("process-compose.override.yaml",)]),
    ],
)  # fmt: skip
def test_files_are_grouped(paths: list[str], stacks: list[tuple[str, ...]]) -> None:
    assert sorted(stacks_in(paths)) == sorted(stacks)
    assert stacks_in(reversed(paths)) == stacks_in(paths)


def test_candidates() -> None:
    names = ["x/compose.yaml", "process-compose.yml", "pc.yaml", "docker-compose.yaml", "npc.yaml"]
    assert [is_candidate(name) for name in names] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("processes:\n  a:\n", True),
        ('\ufeff# c\n"processes":\n', True),
        ('{"version": "0.5", "processes": {}}', True),
        ("services:\n  web:\n    processes: 1\n", False),
        ("services:\n  a:\nprocesses:\n", False),
        ("a:\n  processes:\n", False),
        ("processes_x:\n", False),
        ("", False),
    ],
)
def test_what_a_text_looks_like(text: str, answer: bool) -> None:
    assert looks_like(text) is answer
