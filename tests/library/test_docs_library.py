"""The sessions of docs/library.md, in the project that it shows."""

import doctest
import os
import re
from contextlib import chdir

import port_registry
from tests.project.made import write

_PAGE = os.path.join(os.path.dirname(__file__), "../../docs/library.md")


def test_every_session_is_what_happens(tmp_path: object) -> None:
    with open(_PAGE, encoding="utf-8") as file:
        page = file.read()
    (registry,) = re.findall(r"```nix\n# lib/ports\.nix\n(.+?)```", page, re.DOTALL)
    sessions = "\n".join(re.findall(r"```pycon\n(.+?)```", page, re.DOTALL))
    cache = "{ services.redis.servers.cache.port = 6379; }\n"
    root = write(
        tmp_path, {"lib/ports.nix": registry, "modules/cache.nix": cache, "flake.nix": "{ }\n"}
    )
    test = doctest.DocTestParser().get_doctest(sessions, {}, "library.md", _PAGE, 0)
    said: list[str] = []
    with chdir(root):
        results = doctest.DocTestRunner().run(test, out=said.append)
    assert not results.failed, "".join(said)
    assert results.attempted > 10


def test_every_public_name_is_documented() -> None:
    with open(_PAGE, encoding="utf-8") as file:
        page = file.read()
    undocumented = [
        name for name in port_registry.__all__ if not re.search(rf"`{re.escape(name)}\b", page)
    ]
    assert undocumented == []
