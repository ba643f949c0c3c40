import pytest

from port_registry.changes import suggest_ports
from tests.cli.command import run
from tests.project.made import read, write


@pytest.fixture
def root(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(suggest_ports, "is_bound", lambda _port, _protocols: False)
    return write(
        tmp_path,
        {
            "port-registry.toml": '[ranges]\nmine = "25001-25004"\n',
            "lib/ports.nix": "{ mine.a = 25002; mine.b = 25004; # udp\n}\n",
        },
    )


def test_suggestions(root: str) -> None:
    before = read(root, "lib/ports.nix")
    assert run(root, "free-port", "mine") == (0, "25001\n", "")
    done = run(root, "free-port", "mine", "-n", "3")
    assert (done.status, done.out) == (0, "25001\n25003\n25004\n")
    assert read(root, "lib/ports.nix") == before


def test_fewer_than_asked_for(root: str) -> None:
    done = run(root, "free-port", "mine", "-n", "9", "--protocol", "both")
    assert (done.status, done.out) == (0, "25001\n25003\n")
    assert done.err == "note: 2 ports left in the range of this category\n"


def test_it_is_what_add_takes(root: str) -> None:
    free = run(root, "free-port", "mine").out.strip()
    assert f"mine.c = {free} " in run(root, "add", "mine.c").out


@pytest.mark.parametrize("count", ["0", "-1", "x", "65536", "9" * 5000])
def test_counts_that_are_none(root: str, count: str) -> None:
    assert run(root, "free-port", "mine", f"--count={count}").status == 2


def test_a_category_that_is_none(root: str) -> None:
    assert "invalid category `a..b`" in run(root, "free-port", "a..b").err


def test_a_category_that_nobody_knows(root: str) -> None:
    done = run(root, "free-port", "nobodys")
    message = "note: unknown category `nobodys`: searched 3000-9999\n"
    assert (done.status, done.err) == (0, message)
    assert done.out.strip().isdigit()
    near = run(root, "free-port", "mime").err
    assert near == "note: unknown category `mime`: searched 3000-9999; did you mean `mine`?\n"
    # One of the convention need not be in the registry.
    assert run(root, "free-port", "databases").err == ""
    assert "did you mean `databases`?" in run(root, "free-port", "databsaes").err
