"""Ports in commands: which words are ports, and what is done with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.model import Protocol
from tests.sources.process_compose.reading import command, process, stack


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("redis-server --port 6379", ["listens 6379"]),
        ("redis-server --port=6379", ["listens 6379"]),
        ("redis-server --port '6379'", ["listens 6379"]),
        ("postgres -D /tmp/x -p 5432", ["listens 5432"]),
        ("postgres -p5432", ["listens 5432"]),
        ("postgres -c port=5432", ["listens 5432"]),
        ("pg_ctl start -o '-p 5432 -k /tmp'", ["listens 5432"]),
        ("/nix/store/abc-redis/bin/redis-server --port 1", ["listens 1"]),
        ("$OUT/bin/redis-server --port 1", ["listens 1"]),
        ("psql -p 5432", ["connects 5432"]),
        ("psql -h 127.0.0.1 -p 5432", ["connects 5432"]),
        ("redis-cli -p 6379 ping", ["connects 6379"]),
        ("pg_isready -p 5432", ["connects 5432"]),
        ("mysqladmin -P3306 ping", ["connects 3306"]),
        ("nc -z localhost 5432", ["connects 5432"]),
        ("nc -zvw1 localhost 5432", ["connects 5432"]),
        ("nc -l 8080", ["listens 8080"]),
        ("nc -lk -p 8080", ["listens 8080"]),
        ("curl -sf http://localhost:3000/health", ["connects 3000"]),
        ("wait-on tcp:3000 http-get://localhost:4000/x", ["connects 3000", "connects 4000"]),
        ("http :3000/path", ["connects 3000"]),
        ("gunicorn app -b 0.0.0.0:8000", ["listens 8000"]),
        ("caddy file-server --listen :2015", ["listens 2015"]),
        ("mailpit --listen 127.0.0.1:8025 --smtp [::]:1025", ["listens 8025", "listens 1025"]),
        ("minio server /d --address :9000 --console-address=:9001",
         ["listens 9000", "listens 9001"]),
        ("prometheus --web.listen-address=:9090", ["listens 9090"]),
        ("temporal server start-dev --port 7233 --ui-port 8233", ["listens 7233", "listens 8233"]),
        ("temporal operator --address localhost:7233", ["connects 7233"]),
        ("python -m http.server 8000", ["listens 8000"]),
        ("python3 -m uvicorn app:app --port 8000", ["listens 8000"]),
        ("python manage.py runserver 0.0.0.0:8000", ["listens 8000"]),
        ("php artisan serve --port 8000", ["listens 8000"]),
        ("php -S localhost:8000", ["listens 8000"]),
        ("java -Dserver.port=8080 -jar a.jar", ["listens 8080"]),
        ("java -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005", ["listens 5005"]),
        ("node --inspect=9229 x.js", ["listens 9229"]),
        ("dotnet run --urls 'http://localhost:5000;https://localhost:5001'",
         ["listens 5000", "listens 5001"]),
        ("ng serve --port 4200 --host", ["listens 4200"]),
        ("vite --host --port 5173", ["listens 5173"]),
        ("npm run dev -- --port 3000", ["listens 3000"]),
        ("my-api-server --port 3000", ["listens 3000"]),
        ("./tool --port 3000", ["repeats 3000"]),
        ("./wait-for.py localhost 3000", ["repeats 3000"]),
        ("./tool 3000 --port 3000", ["repeats 3000", "repeats 3000"]),
        ("quarkus dev -Ddebug=5005", ["listens 5005"]),
        ("./tool --dsn 'host=::1,localhost port=3000,3001'", ["repeats 3000", "repeats 3001"]),
        ("./tool --metrics-port 3000", ["repeats 3000"]),
        ("./tool --listen 127.0.0.1:3000", ["listens 3000"]),
        ("./tool -p 3000", ["repeats 3000"]),
        ("./tool --redis-url redis://localhost:6379/0", ["repeats 6379"]),
        ("PORT=3000 bun run dev", ["listens 3000"]),
        ("env FOO=1 PORT=3000 bun run dev", ["listens 3000"]),
        ("sudo -u me redis-server --port 1", ["listens 1"]),
        ("exec redis-server --port 1", ["listens 1"]),
        ("timeout 5 redis-cli -p 1 ping", ["connects 1"]),
        ("uv run uvicorn app:app --port 8000", ["listens 8000"]),
        ("npx vite --port 1", ["listens 1"]),
        ("nix run nixpkgs#redis -- --port 1", ["listens 1"]),
        ("nix develop -c redis-server --port 1", ["listens 1"]),
        ("nix-shell -p redis --run 'redis-server --port 1'", ["listens 1"]),
        ('sh -c "exec redis-server --port 1"', ["listens 1"]),
        ("bash -ec 'redis-server --port 1'", ["listens 1"]),
        ("docker run --rm -p 6380:6379 redis:7", ["listens 6380"]),
        ("docker run -p 127.0.0.1:6380:6379 -e PORT=1 redis:7 redis-server --port 6379",
         ["listens 6380"]),
        ("docker run -p6380:6379 redis", ["listens 6380"]),
        ("docker run --publish=6380:6379 redis", ["listens 6380"]),
        ("docker run --publish published=6380,target=6379 redis", ["listens 6380"]),
        ("docker run -p 6379 redis", []),
        ("podman run -p 53:53/udp dns", ["listens 53"]),
        ("kubectl port-forward svc/web 8080:80", ["listens 8080"]),
        ("ssh -p 2222 -L 8080:localhost:80 box", ["listens 8080", "connects 2222"]),
        ("socat TCP-LISTEN:8080,fork TCP:localhost:80", ["listens 8080", "connects 80"]),
        ("lsof -ti:8080 | xargs kill", ["repeats 8080"]),
        ("fuser -k 8080/tcp", ["repeats 8080"]),
        ("until (echo > /dev/tcp/localhost/5432); do sleep 1; done", ["connects 5432"]),
        ("if true; then redis-server --port 1; fi", ["listens 1"]),
        ("mkdir -p x && redis-server --port 1 & psql -p 2", ["listens 1", "connects 2"]),
        ("X=$(redis-cli -p 1 get x) ./run", ["connects 1"]),
        ("X=`redis-cli -p 1 get x`; ./run", ["connects 1"]),
        ("P=6379\nredis-server --port $P", ["listens 6379"]),
        ("export P=6379; redis-server --port \"$P\"", ["listens 6379"]),
        ("redis-server --port $((6000 + 379))", ["listens 6379"]),
        ("redis-server \\\n  --port 6379", ["listens 6379"]),
        ("redis-server <(cat a.conf) --port 6379", ["listens 6379"]),
        ('redis-server --port $${WHO_KNOWS:-"6379"}', ["listens 6379"]),
        ("redis-server $${WHO_KNOWS:-$(redis-cli -p 1 get x)}", ["connects 1"]),
        ("flags=(--verbose --port 6379); redis-server \"$${flags[@]}\"", ["repeats 6379"]),
        ("redis-server --port 70000", ["listens 70000"]),
        ("redis-server --port 0", ["listens 0"]),
    ],
)  # fmt: skip
def test_a_port_is_found_with_its_role(text: str, uses: list[str]) -> None:
    assert command(text) == uses


@pytest.mark.parametrize(
    "text",
    [
        "mkdir -p 8080", "cp -p 8080 x", "pgrep -P 8080", "strace -p 8080 true", "kill -p 8080",
        "sleep 3000", "chmod 0755 x", "echo listening on http://localhost:3000",
        "./run --at 12:30", "./run 12:30:45", "docker run redis:7", "./run --image postgres:16.2",
        "./run --user 1000:1000", "./run --memory 4096", "./run --version 1.2.3", "exit 3000",
        "./run --addr fe80::1:2", "curl https://smtp.example.org:587/", "./run /var/8080/x",
        "psql -h db.example.org -p 5432", "nc -z smtp.example.org 587", "ssh -p 22 git.example.org",
        "./run --count 3000 3001", "# redis-server --port 1", "./run 2>&1 >3000",
        "cat <<EOF\nredis-server --port 1\nEOF", "./run --transport 3000", "./run --report 3000",
        "git -p 8080", "patch -p1 < x", "jq -p 8080", "redis-server 8080", "./run -p 12",
        "docker build -t localhost:5000/image .", "echo '--port 3000'", "./run :8a",
        "redis-server --port http",
    ],
)  # fmt: skip
def test_what_is_no_port_is_left_alone(text: str) -> None:
    if "localhost:5000/image" in text:
        assert command(text) in ([], ["repeats 5000"])
    else:
        assert command(text) == []


def test_a_use_tells_its_program_host_protocol_and_place() -> None:
    text = "processes:\n  a:\n    command: docker run -p 127.0.0.1:53:5353/udp dns\n"
    files, found = stack(text)
    (use,) = found.services[0].uses
    assert (use.program, use.host, use.protocols) == ("docker", "127.0.0.1", (Protocol.UDP,))
    assert use.digits == use.span
    assert files.text(use.span) == "53"
    assert use.span.start == text.index("53:")


def test_a_range_is_shown_and_not_edited() -> None:
    (use,) = process("processes: {a: {command: docker run -p 80-90:80-90 x}}", "a").uses
    assert str(use.ports) == "80-90"
    assert use.digits is None


def test_an_unknown_port_is_unknown_and_not_absent() -> None:
    text = "processes:\n  a:\n    command: redis-server --port $WHO_KNOWS\n"
    files, found = stack(text)
    assert found.services[0].uses == ()
    assert found.services[0].varying
    (unknown,) = found.unknown
    assert files.text(unknown.span) == "$WHO_KNOWS"
    assert unknown.name == ("processes", "a")
    assert "WHO_KNOWS" in unknown.reason


def test_an_unknown_word_elsewhere_matters_not() -> None:
    for words in ("redis-server --dir $HOME --port 1", "psql --host $SERVER --port 1"):
        _, found = stack(f"processes:\n  a:\n    command: {words}\n")
        assert found.unknown == ()
        assert not found.services[0].varying


def test_a_bare_number_is_a_port_where_the_process_says_so_elsewhere() -> None:
    probe = "readiness_probe: {exec: {command: pg_isready -p 5499}}"
    assert command("./start-database 5499", probe) == ["repeats 5499", "probes 5499"]
    assert command("./start-database 5498", probe) == ["probes 5499"]
    assert command("./run --count 5499", probe) == ["probes 5499"]
    assert command("sleep 5499", probe) == ["probes 5499"]


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("mkdir -p x && redis-server --port 1", "redis-server"),
        ("sudo env A=b redis-server", "redis-server"),
        ("bun run dev", "bun"),
        ("cd web; npx vite", "vite"),
        ("$X", ""),
        ("sh -c 'postgres -p 1'", "postgres"),
        ("bun run dev; stop() { exit 1; }; x=(1 2)", "bun"),
        ("case x in a) bun run dev;; other) exit 1;; esac", "bun"),
        ("python -m uvicorn a:a", "uvicorn"),
    ],
)
def test_the_program_of_a_process(text: str, program: str) -> None:
    assert process(f'processes: {{a: {{command: "{text}"}}}}', "a").program == program


def test_an_entrypoint_is_a_command_without_a_shell() -> None:
    found = process("processes: {a: {entrypoint: [redis-server, --port, '6379']}}", "a")
    assert [use.number for use in found.uses] == [6379]
    assert found.program == "redis-server"
    text = "processes: {a: {entrypoint: [redis-server, --port, '1'], command: psql -p 2}}"
    assert [use.number for use in process(text, "a").uses] == [2]


shell_words = st.sampled_from(
    ["redis-server", "--port", "6379", "'", '"', "$", "$(", ")", "`", "${", "}", "\\", "\n", ";",
     "&&", "|", "<<EOF", ">", "2>&1", "((", "{{", " ", "sh -c", "docker run -p", "1:2", "=", "-p",
     "A=", "$A", "nix run", "--", "sudo", "env", "://", ":", "@", "😀"]
)  # fmt: skip


@given(st.lists(shell_words, max_size=30).map(" ".join))
def test_any_command_is_read(text: str) -> None:
    _, found = stack("processes:\n  a:\n    command: |\n      " + text.replace("\n", "\n      "))
    assert found.services or found.unreadable
