from tests.cli.command import run
from tests.project.made import write


def test_a_service_whose_port_no_option_sets(tmp_path: object) -> None:
    service = 'services.jellyfin = { enable = true; cacheDir = "/x"; listenRemote = "a"; };'
    root = write(
        tmp_path,
        {
            "lib/ports.nix": "{ media.jellyfin = 8096; }",
            "configuration.nix": f"{{ ... }}: {{ {service} }}",
        },
    )
    done = run(root, "check")
    assert (done.status, done.err) == (0, "")
