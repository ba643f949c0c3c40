from port_registry.project.rule_selection import all_rules
from port_registry.rules.interface import manual
from tests.cli.command import run


def test_every_rule_is_listed(tmp_path: object) -> None:
    done = run(tmp_path, "explain")
    assert [line.split()[0] for line in done.out.splitlines()] == [
        rule.NAME for rule in all_rules()
    ]
    assert done.status == 0


def test_every_manual_is_printed_as_it_is(tmp_path: object) -> None:
    for rule in all_rules():
        done = run(tmp_path, "explain", rule.NAME)
        head, _, rest = done.out.partition("\n\n")
        on = "on" if rule.ON_BY_DEFAULT else "off"
        assert head == f"# {rule.NAME}\n{rule.SEVERITY.value}, {on} by default"
        assert rest.strip() == manual(rule).strip()


def test_headings_stand_out_on_a_terminal(tmp_path: object) -> None:
    done = run(tmp_path, "explain", "duplicate-port", "--color", "always")
    assert "\x1b[1m## Why\x1b[0m" in done.out
    assert "\x1b[1m# lib" not in done.out
