"""The registry moves on, and the stack has not."""

import pytest

from port_registry.checks.fix import FixSelection
from tests import real
from tests.rules import harness
from tests.rules.harness import is_safe
from tests.rules.samples import PATTERN_REGISTRY, STACK, project

REDIS = """\
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
    environment:
      - REDIS_PORT=6379
    readiness_probe:
      exec:
        command: redis-cli -p 6379 ping
    shutdown:
      command: redis-cli -p 6379 shutdown
"""

MOVED = PATTERN_REGISTRY.replace("redis = 6379", "redis = 6380")


def test_each_place_is_reported_once_and_rewritten() -> None:
    files = project(REDIS, MOVED)
    found = harness.run(files)
    assert found.shown() == [
        f"stale-annotation {STACK}:3 6379",
        f"stale-annotation {STACK}:4 6379",
        f"stale-annotation {STACK}:6 6379",
        f"stale-annotation {STACK}:9 6379",
        f"stale-annotation {STACK}:11 6379",
    ]
    assert all(map(is_safe, found.findings))
    after = harness.fix(files, FixSelection.SAFE)
    assert after.findings == ()
    assert after.files[STACK] == REDIS.replace("6379", "6380")


def test_other_processes_that_connect_follow() -> None:
    stack = (
        REDIS
        + """\
  worker:
    command: worker --redis redis://localhost:6379/0
"""
    )
    files = project(stack, MOVED)
    assert harness.run(files).shown()[-2:] == [
        f"hardcoded-port {STACK}:13 6379",
        f"stale-annotation {STACK}:13 6379",
    ]
    after = harness.fix(files, FixSelection.SAFE)
    assert after.findings == ()
    annotation = "    # Port from lib/ports.nix: databases.redis = 6380\n"
    moved = stack.replace("6379", "6380")
    assert after.files[STACK] == moved.replace(
        "    command: worker", f"{annotation}    command: worker"
    )


def test_other_machines_stay() -> None:
    stack = (
        REDIS
        + """\
  worker:
    command: worker --redis redis://redis.example.com:6379/0
"""
    )
    after = harness.fix(project(stack, MOVED), FixSelection.ALL)
    assert "redis.example.com:6379" in after.files[STACK]
    assert after.findings == ()


def test_a_comment_alone_is_stale() -> None:
    stack = REDIS.replace("6379", "6380").replace("redis = 6380", "redis = 6379")
    files = project(stack, MOVED)
    assert harness.run(files).shown() == [f"stale-annotation {STACK}:3 6379"]
    assert harness.fix(files, FixSelection.SAFE).files[STACK] == REDIS.replace("6379", "6380")


def test_a_comment_that_was_moved_by_hand_ties_what_is_under_it() -> None:
    stack = """\
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6380
    command: redis-server --port 6379
"""
    files = project(stack, MOVED)
    assert harness.run(files).shown() == [f"stale-annotation {STACK}:4 6379"]
    assert "--port 6380" in harness.fix(files, FixSelection.SAFE).files[STACK]


def test_a_comment_without_number_ties_too() -> None:
    stack = """\
processes:
  redis:
    command: redis-server --port 6379 # Port from lib/ports.nix: databases.redis
"""
    files = project(stack, MOVED)
    assert harness.run(files).shown() == [f"stale-annotation {STACK}:3 6379"]
    assert "--port 6380 #" in harness.fix(files, FixSelection.SAFE).files[STACK]


def test_a_port_that_the_process_only_listens_on_is_tied_with_care() -> None:
    stack = """\
processes:
  api:
    # Port from lib/ports.nix: development.api = 3000
    command: bun run dev
    environment:
      - PORT=3005
"""
    files = project(stack)
    found = harness.run(files)
    assert found.shown() == [f"stale-annotation {STACK}:6 3005"]
    assert harness.fix(files, FixSelection.SAFE).files == files
    assert "PORT=3000" in harness.fix(files, FixSelection.ALL).files[STACK]


def test_numbers_of_other_entries_under_a_comment_are_not_drifted() -> None:
    stack = """\
processes:
  api:
    # Port from lib/ports.nix: development.api = 3000
    # Port from lib/ports.nix: databases.redis = 6379
    command: bun run dev --redis redis://localhost:6379
"""
    assert harness.run(project(stack)).shown() == []


CHAIN = """\
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
  cache:
    # Port from lib/ports.nix: databases.redisCache = 6380
    command: redis-server --port 6380
  api:
    command: bun run dev
    environment:
      # Port from lib/ports.nix: databases.redis = 6379
      - REDIS_PORT=6379
      # Port from lib/ports.nix: databases.redisCache = 6380
      - CACHE_PORT=6380
"""


@pytest.mark.parametrize(
    ("redis", "cache"), [(6380, 6381), (6380, 6379), (6381, 6379), (6390, 6391)]
)
def test_swaps_and_chains(redis: int, cache: int) -> None:
    registry = f"{{ databases = {{ redis = {redis}; redisCache = {cache}; }}; }}\n"
    after = harness.fix(project(CHAIN, registry), FixSelection.SAFE)
    moved = {"6379": str(redis), "6380": str(cache)}
    expected = "".join(moved.get(word, word) for word in _split(CHAIN))
    assert after.files[STACK] == expected
    assert [f.rule for f in after.findings if f.rule == "stale-annotation"] == []


def _split(text: str) -> list[str]:
    import re

    return re.split(r"(6379|6380)", text)


def test_a_swap_under_one_comment_block_is_not_safe() -> None:
    stack = """\
processes:
  api:
    # Port from lib/ports.nix: databases.redis = 6379
    # Port from lib/ports.nix: databases.redisCache = 6380
    command: api --redis localhost:6379 --cache localhost:6380
"""
    registry = "{ databases = { redis = 6380; redisCache = 6379; }; }\n"
    files = project(stack, registry)
    assert not any(map(is_safe, harness.run(files).findings))
    assert harness.fix(files, FixSelection.SAFE).files == files


def test_numbers_that_followed_before_their_comments_stay() -> None:
    stack = """\
processes:
  api:
    # Port from lib/ports.nix: databases.redis = 6379
    # Port from lib/ports.nix: databases.redisCache = 6380
    command: api --redis localhost:6380 --cache localhost:6381
"""
    registry = "{ databases = { redis = 6380; redisCache = 6381; }; }\n"
    after = harness.fix(project(stack, registry), FixSelection.SAFE)
    assert "--redis localhost:6380 --cache localhost:6381" in after.files[STACK]
    assert after.findings == ()


def test_a_comment_with_another_services_entry_is_not_followed() -> None:
    stack = """\
processes:
  redis:
    # Port from lib/ports.nix: databases.postgresql = 6379
    command: redis-server --port 6379
"""
    files = project(stack)
    found = harness.run(files)
    assert [finding.rule for finding in found.findings] == ["wrong-service"]
    after = harness.fix(files, FixSelection.SAFE)
    assert after.files[STACK] == stack.replace("postgresql", "redis")
    assert after.findings == ()


def test_a_comment_with_the_name_of_another_processs_entry_is_not_safe() -> None:
    stack = """\
processes:
  redis:
    # Port from lib/ports.nix: databases.redisCache = 6379
    command: redis-server --port 6379
"""
    registry = "{ databases = { redis = 6379; redisCache = 6380; }; }\n"
    found = harness.run(project(stack, registry))
    assert [finding.rule for finding in found.findings] == ["stale-annotation"] * 2
    assert not any(map(is_safe, found.findings))


def test_shared_places_are_reported_once() -> None:
    stack = """\
environment:
  # Port from lib/ports.nix: databases.redis = 6379
  - REDIS_PORT=6379
processes:
  redis:
    command: redis-server --port ${REDIS_PORT}
  worker:
    command: redis-cli -p ${REDIS_PORT} monitor
"""
    files = project(stack, MOVED)
    assert harness.run(files).shown() == [
        f"stale-annotation {STACK}:2 6379",
        f"stale-annotation {STACK}:3 6379",
    ]
    after = harness.fix(files, FixSelection.SAFE)
    assert after.files[STACK] == stack.replace("6379", "6380")
    assert after.findings == ()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_marks_stay(newline: str, mark: str) -> None:
    stack = mark + REDIS.replace("\n", newline)
    after = harness.fix(project(stack, MOVED), FixSelection.SAFE)
    assert after.files[STACK] == stack.replace("6379", "6380")


def test_process_compose_accepts_what_is_rewritten() -> None:
    after = harness.fix(project(REDIS, MOVED), FixSelection.SAFE)
    harness.assert_accepted(real.process_compose(), after.files)


_API = """\
processes:
  api:
    # Port from lib/ports.nix: web.api = 3000
    command: api --port 3001
    readiness_probe:
      http_get:
        host: 127.0.0.1
        port: 3000
"""


@pytest.mark.parametrize(
    ("registry", "safe"),
    [("{ web.api = 3000; }", True), ("{ web.api = 3000; web.docs = 3001; }", False)],
)
def test_a_comment_means_the_number_below_it_and_not_that_of_the_probe(
    registry: str, *, safe: bool
) -> None:
    files = project(_API, registry)
    found = harness.run(files)
    assert found.shown() == [f"stale-annotation {STACK}:4 3001"]
    assert is_safe(found.findings[0]) is safe
    after = harness.fix(files, FixSelection.ALL)
    assert after.findings == ()
    assert after.files[STACK] == _API.replace("3001", "3000")


def test_a_comment_above_another_number_of_a_service_that_listens_on_its_own_is_left() -> None:
    stack = """\
processes:
  api:
    # Port from lib/ports.nix: web.api = 3000
    command: api --metrics-port 3001
    environment:
      - PORT=3000
"""
    found = harness.run(project(stack, "{ web.api = 3000; }"))
    assert found.shown() == [f"unregistered-port {STACK}:4 3001"]


_TIED_API = """\
processes:
  api:
    # Port from lib/ports.nix: %s
    command: api --port 8180
"""
_SERVICES = "{ services.a = 8180; services.b = 8182; }"


@pytest.mark.parametrize(
    ("comment", "misread"),
    [
        ("services.a = abc", "= abc"),
        ("services.a =", "="),
        ("services.a = 0x1F90", "= 0x1F90"),
        ("services.a: 8181", ": 8181"),
        ('services.a = "8181"', '= "8181"'),
        ("services.a (8181)", "(8181)"),
        ("services.a 8181", "8181"),
    ],
)
def test_a_comment_whose_number_cannot_be_read_is_reported_and_rewritten(
    comment: str, misread: str
) -> None:
    files = project(_TIED_API % comment, _SERVICES)
    found = harness.run(files)
    assert found.shown() == [f"stale-annotation {STACK}:3 {misread}"]
    assert not is_safe(found.findings[0])
    after = harness.fix(files, FixSelection.ALL)
    assert after.files[STACK] == _TIED_API % "services.a = 8180"


def test_a_second_entry_in_one_comment_is_reported() -> None:
    found = harness.run(project(_TIED_API % "services.a = 8180, services.b", _SERVICES))
    assert found.shown() == [f"stale-annotation {STACK}:3 services.b"]
    assert found.findings[0].fix is None


@pytest.mark.parametrize(
    "comment",
    [
        "services.a",
        "services.a = 8180 -- why",
        "services.a (the api)",
        "services.a (2 workers)",
        "services.a: 2 workers",
        "services.a (8180)",
        "services.a, see docs.md",
        "services.a: the api",
        "services.a = 8180.",
    ],
)
def test_other_words_in_a_comment_describe_it(comment: str) -> None:
    assert harness.run(project(_TIED_API % comment, _SERVICES)).findings == ()


@pytest.mark.parametrize("path", [".env", "modules/a.nix"])
def test_a_number_that_cannot_be_read_is_reported_in_other_files(path: str) -> None:
    text = (
        "{ ... }: {\n  x.a.port =\n    # Port from lib/ports.nix: services.a = abc\n    8180; }\n"
    )
    if path == ".env":
        text = "# Port from lib/ports.nix: services.a = abc\nA_PORT=8180\n"
    found = harness.run({"lib/ports.nix": _SERVICES, path: text})
    assert "stale-annotation" in [finding.rule for finding in found.findings]


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("g --port 99999", [f"invalid-port {STACK}:3 99999"]),
        ("g --port 0", [f"auto-selected-port {STACK}:3 0"]),
        ("g --size 99999", []),
        ("g -p 99999", []),
        ("redis-server --port 0", []),
    ],
)
def test_a_flag_that_surely_is_a_port_has_a_valid_one(command: str, shown: list[str]) -> None:
    stack = f"processes:\n  g:\n    command: {command}\n"
    assert harness.run(project(stack, "{ web.api = 3000; }")).shown() == shown
