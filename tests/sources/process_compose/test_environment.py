"""Ports in environments: which variables hold one, and whose it is."""

import pytest

from tests.sources.process_compose.reading import environment, process, show, stack


@pytest.mark.parametrize(
    ("entry", "uses"),
    [
        ("PORT=3000", ["listens 3000"]),
        ("HTTP_PORT=3000", ["listens 3000"]),
        ("REDIS_PORT=6379", ["connects 6379"]),
        ("DB_PORT=5432", ["connects 5432"]),
        ("PGPORT=5432", ["connects 5432"]),
        ("SOME_PORT=1234", ["repeats 1234"]),
        ("DATABASE_URL=postgres://u:p@localhost:5432/db?a=b", ["connects 5432"]),
        ("REDIS_URL=redis://redis:6379/0", ["connects 6379"]),
        ("API_URL=http://localhost:4000", ["connects 4000"]),
        ("BASE_URL=http://localhost:3000", ["repeats 3000"]),
        ("CORS_ALLOWED_ORIGINS=http://localhost:3000,http://localhost:4000",
         ["repeats 3000", "repeats 4000"]),
        ("PEER_URLS=a=http://localhost:1111,b=http://localhost:2222",
         ["connects 1111", "connects 2222"]),
        ("MONGO_URL=mongodb://localhost:1111,localhost:2222/db",
         ["connects 1111", "connects 2222"]),
        ("SSO_REDIRECT_URI=http://localhost:3000/back", ["repeats 3000"]),
        ("DSN=host=localhost,localhost port=5432,5433 user=x", ["connects 5432", "connects 5433"]),
        ("LISTEN_ADDR=127.0.0.1:3000", ["listens 3000"]),
        ("HTTP_ADDR=:3000", ["listens 3000"]),
        ("KAFKA_BROKERS=localhost:9092,localhost:9093", ["connects 9092", "connects 9093"]),
        ("TEMPORAL_ADDRESS=localhost:7233", ["connects 7233"]),
        ("DSN=host=localhost port=5432 user=x", ["connects 5432"]),
        ("MYSQL_DSN=u:p@tcp(localhost:3306)/db", ["connects 3306"]),
        ("PORT=70000", ["listens 70000"]),
        ("EXPORT=1", []), ("REPORT=80", []), ("SUPPORT=443", []), ("TRANSPORT=1234", []),
        ("PORT=auto", []), ("TIMEOUT=3000", []), ("IMAGE=redis:7", []), ("AT=12:30", []),
        ("SMTP_URL=smtp://smtp.example.org:587", []), ("SMTP_HOST=smtp.example.org:587", []),
        ("SELF=x", []), ("PORT=", []), ("PORT", []),
    ],
)  # fmt: skip
def test_a_variable(entry: str, uses: list[str]) -> None:
    assert environment(entry) == uses


def test_a_variable_of_the_processes_own_service_listens() -> None:
    assert environment("REDIS_PORT=6379", run="redis-server") == ["listens 6379"]
    assert environment("API_PORT=1", name="api") == ["listens 1"]
    assert environment("PGPORT=5432", run="postgres -D x") == ["listens 5432"]


def test_a_variable_named_for_another_process_connects() -> None:
    text = "processes:\n  web: {environment: [API_PORT=3000]}\n  api: {}\n"
    assert [show(use) for use in process(text, "web").uses] == ["connects 3000"]


def test_a_map_is_read_as_a_list_is() -> None:
    found = process('processes:\n  a:\n    environment:\n      PORT: "3000"\n      X: 1\n', "a")
    assert [show(use) for use in found.uses] == ["listens 3000"]


def test_the_shell_sees_the_environment_in_its_order() -> None:
    files = {
        "process-compose.yaml": "environment: [A=1, B=1, C=1]\nprocesses:\n  a:\n"
        "    env_file: a.env\n    environment: [C=3]\n"
        "    command: psql -p $A -p $B -p $C -p $D -p ${E:-5}\n",
        "a.env": "B=2\nC=2\n",
        ".env": "A=0\nD=4\n",
    }
    reader, found = stack(files)
    uses = found.services[0].uses
    assert [use.number for use in uses] == [1, 2, 3, 4, 5]
    assert [use.span.path for use in uses] == [
        "process-compose.yaml", "a.env", "process-compose.yaml", ".env", "process-compose.yaml",
    ]  # fmt: skip
    assert all(reader.text(use.span) == str(use.number) for use in uses)


def test_dotenv_can_be_kept_from_a_process() -> None:
    files = {
        "pc.yaml": "processes:\n  a: {is_dotenv_disabled: true, command: psql -p $D}\n",
        ".env": "D=4\n",
    }
    _, found = stack(files)
    assert found.services[0].uses == ()
    assert len(found.unknown) == 1


def test_shared_uses_are_those_that_no_process_takes_up() -> None:
    text = (
        "environment: [PORT=1, REDIS_PORT=2]\nvars: {API_PORT: 3, WEB_PORT: 4}\n"
        "processes:\n  a: {command: 'psql -p {{.API_PORT}} -p $REDIS_PORT'}\n"
    )
    _, found = stack(text)
    assert [show(use) for use in found.shared] == ["repeats 1", "repeats 4"]
    assert [use.number for use in found.services[0].uses] == [3, 2]


def test_an_env_file_speaks_for_its_process() -> None:
    files = {
        "d/pc.yaml": "processes:\n  a: {env_file: x.env, working_dir: w}\n",
        "d/w/x.env": "export PORT=3000 # why\n",
    }
    reader, found = stack(files)
    (use,) = found.services[0].uses
    assert (reader.text(use.span), use.span.path) == ("3000", "d/w/x.env")


def test_a_missing_env_file_is_reported() -> None:
    _, found = stack("processes:\n  a: {env_file: x.env}\n")
    assert "no such file" in found.unreadable[0].message


def test_what_env_cmds_print_is_unknown() -> None:
    _, found = stack("env_cmds: {P: date}\nprocesses:\n  a: {command: psql -p $P}\n")
    assert "env_cmds" in found.unknown[0].reason
