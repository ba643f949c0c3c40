import pytest

from port_registry.project.non_deployed_paths import NonDeployedFilter


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("flake.nix", ""),
        ("tests.nix", ""),
        ("lib/tests.nix", ""),
        ("tests/a.nix", "tests"),
        ("nix/tests/deep/docs/a.nix", "nix/tests"),
        ("modules/web/tests/a.nix", "modules/web/tests"),
        ("checks/a.nix", "checks"),
        ("examples/a/flake.nix", "examples"),
        ("docs/a.nix", "docs"),
        ("nix/test/a.nix", "nix/test"),
        ("hosts/test/configuration.nix", ""),
        ("modules/services/docs/default.nix", ""),
        ("test-vm/a.nix", ""),
    ],
)
def test_tests_and_documentation(path: str, folder: str) -> None:
    aside = NonDeployedFilter((), ())
    assert aside.reads(path) is not bool(folder)
    assert aside.folders() == ((folder,) if folder else ())


@pytest.mark.parametrize(
    ("include", "asked", "left"),
    [
        ((), (), True),
        (("tests/",), (), False),
        (("**/web.nix",), (), False),
        (("docs/",), (), True),
        ((), ("tests",), False),
        ((), ("tests/web.nix",), False),
        ((), ("tests/api.nix",), True),
        ((), ("test",), True),
        ((), (".",), True),
    ],
)
def test_they_are_read_when_requested(
    include: tuple[str, ...], asked: tuple[str, ...], left: bool
) -> None:
    aside = NonDeployedFilter(include, asked)
    assert aside.reads("tests/web.nix") is not left
    assert aside.folders() == (("tests",) if left else ())
