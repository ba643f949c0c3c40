"""`port-registry move`, as it is typed."""

from tests.cli.command import run
from tests.project.made import read, write

_REGISTRY = """\
{
  databases = {
    redis = 6379;
    "odd name" = 5000;
  };
  webUI = {
    grafana = 8010;
  };
}
"""

_MODULE = "{ x.port = (import ../lib/ports.nix).databases.redis; }\n"


def test_an_entry_is_moved_with_its_uses(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "modules/x.nix": _MODULE})
    done = run(root, "move", "databases.redis", "webUI")
    assert done.out == (
        "Moved databases.redis to webUI, with 1 place that uses it: modules/x.nix, lib/ports.nix.\n"
    )
    assert read(root, "modules/x.nix") == _MODULE.replace("databases", "webUI")
    assert run(root, "list").out.splitlines()[0].split()[0] != "databases.redis"


def test_a_new_category_and_a_quoted_name(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY})
    assert run(root, "move", 'databases."odd name"', "a.b").status == 0
    assert '"odd name" = 5000;' in read(root, "lib/ports.nix")
    done = run(root, "move", 'a.b."odd name"', "", "--dry-run")
    assert (done.status, done.out) == (2, "")
