"""Ports in commands: the programs that a script runs, and the ports in their arguments."""

import re

from port_registry.facts.programs import ParameterKind, Program, program
from port_registry.facts.words import word_set
from port_registry.languages.provenance import UNKNOWN
from port_registry.languages.shell import Simple, commands
from port_registry.languages.shell_variables import ShellVariables
from port_registry.model import NamedTuple, Role, TracedText
from port_registry.sources.shared import addresses, arguments, program_grammars, variables
from port_registry.sources.shared.use_collector import TextNumber, UseCollector, UseDefaults

_MAX_DEPTH = 6
"""The maximum nesting of `sh -c`."""
_MAX_WRAPPERS = 20
"""The number of programs around a command that are looked through."""
_SHELLS = word_set("programs", "shells")


class Script(NamedTuple):
    """The context in which a script is read."""

    scope: ShellVariables
    defaults: UseDefaults
    collector: UseCollector
    owner: variables.EnvironmentOwner


def read_script(text: TracedText, script: Script, depth: int = 0) -> list[str]:
    """Add the ports that a shell script names; return the programs that it runs, in order."""
    programs: list[str] = []
    if not script.collector.spend_budget(script.defaults, (text,)):
        return programs
    for simple in commands(text, script.scope):
        names = _read_simple(simple, script, depth)
        if not simple.nested:
            programs.extend(names)
    return programs


def read_words(words: tuple[TracedText, ...], script: Script) -> list[str]:
    """Add the ports that a command given as a list of words names; return its programs."""
    return _read_simple(Simple((), words, (), nested=False), script, 0)


def main_program(programs: list[str]) -> str:
    """Return the main program of a script: a known server, or the last one."""
    for name in programs:
        known = program(name)
        if known is not None and known.kind is ParameterKind.LISTENS:
            return name
    related = [name for name in programs if name and not _is_unrelated(name)]
    return related[-1] if related else next(reversed(programs), "")


def _is_unrelated(name: str) -> bool:
    known = program(name)
    return known is not None and known.kind is ParameterKind.UNRELATED


def _read_simple(simple: Simple, script: Script, depth: int) -> list[str]:
    for target in simple.targets:
        match = re.fullmatch(rf"/dev/(?:tcp|udp)/([^/]+)/([\d{UNKNOWN}]+)", target.text)
        if match is not None and addresses.reach_of(match[1]) is not addresses.AddressReach.REMOTE:
            host = match[1].strip(UNKNOWN)
            number = TextNumber(target, *match.span(2), role=Role.CONNECTS, host=host)
            script.collector.add(script.defaults, number)
    assignments = list(simple.assignments)
    words, scripts = _unwrap(list(simple.words), assignments)
    programs: list[str] = []
    for nested in scripts:
        if depth < _MAX_DEPTH:
            programs.extend(read_script(nested, script, depth + 1))
    name = ""
    if words:
        name = _program_name(words[0].text)
        if name:
            programs.append(name)
        _read_call(name, tuple(words[1:]), script)
    owner = script.owner.with_programs(programs)
    for variable, value in assignments:
        variables.read_variable(variable, value, owner, script.defaults, script.collector, name)
    return programs


def _read_call(name: str, words: tuple[TracedText, ...], script: Script) -> None:
    known = program(name)
    if known is not None and known.kind is ParameterKind.UNRELATED:
        return
    if known is not None and known.kind is ParameterKind.RUNS:
        known = None
    call = arguments.ProgramCall(name, words, known, script.defaults, script.collector)
    read_grammar = program_grammars.GRAMMARS.get(name)
    if read_grammar is not None:
        read_grammar(call)
    else:
        arguments.read_arguments(call)


def _program_name(path: str) -> str:
    """Return a program's name without its folder; empty where it is not known."""
    name = path.rstrip("/").rpartition("/")[2]
    return "" if UNKNOWN in name else name


def _unwrap(
    words: list[TracedText], assignments: list[tuple[str, TracedText]]
) -> tuple[list[TracedText], list[TracedText]]:
    """Return the words of the innermost command, and scripts that are arguments.

    Programs that run others are looked through; their `NAME=value` words are added to
    `assignments`.
    """
    for _ in range(_MAX_WRAPPERS):
        if not words:
            return [], []
        name = _program_name(words[0].text)
        if name in _SHELLS:
            return _unwrap_shell(words)
        if name in ("eval", "concurrently"):
            return [], words[1:]
        if name in ("nix", "nix-shell"):
            inner, scripts = _unwrap_nix(words)
            if scripts or inner is None:
                return ([], scripts) if scripts else (words, [])
        elif name.startswith(("python", "pypy")) and len(words) > 2 and words[1].text == "-m":
            return words[2:], []
        elif name in ("php", "ruby", "python", "python3") and _runs_known_script(words):
            return words[1:], []
        elif name in ("nodemon", "tsx", "reflex", "air"):
            return _unwrap_watcher(words)
        else:
            inner = _unwrap_wrapper(words, program(name), assignments)
            if inner is None:
                return words, []
        words = inner
    return words, []


def _runs_known_script(words: list[TracedText]) -> bool:
    known = program(_program_name(words[1].text)) if len(words) > 1 else None
    return known is not None and known.kind is not ParameterKind.UNRELATED


def _unwrap_shell(words: list[TracedText]) -> tuple[list[TracedText], list[TracedText]]:
    """Read `sh -c SCRIPT` and `sh FILE …`."""
    for index, word in enumerate(words[1:], 1):
        text = word.text
        if text[:1] != "-" or text == "--":
            return words[index:], []
        if text[:2] != "--" and "c" in text:
            return [], words[index + 1 : index + 2]
    return words[:1], []


def _unwrap_watcher(words: list[TracedText]) -> tuple[list[TracedText], list[TracedText]]:
    """Read `nodemon --exec SCRIPT`."""
    for index, word in enumerate(words[:-1]):
        if word.text in ("--exec", "-x", "-c"):
            return [], [words[index + 1]]
    return words, []


def _unwrap_nix(words: list[TracedText]) -> tuple[list[TracedText] | None, list[TracedText]]:
    """Read `nix run REF -- …`, `nix develop -c …` and `nix-shell --run SCRIPT`."""
    texts = [word.text for word in words]
    for index, text in enumerate(texts[:-1]):
        if text in ("--run", "--command") and texts[0].endswith("nix-shell"):
            return None, [words[index + 1]]
        if text in ("-c", "--command"):
            return words[index + 1 :], []
    if "run" not in texts[1:]:
        return None, []
    after = texts.index("run") + 1
    while after < len(texts) and texts[after][:1] == "-":
        after += 1
    if after >= len(texts):
        return None, []
    reference = words[after]
    start = max(reference.text.rfind(char) for char in "#./:") + 1
    rest = words[texts.index("--") + 1 :] if "--" in texts else []
    return [reference.cut(start, len(reference.text)), *rest], []


def _unwrap_wrapper(
    words: list[TracedText], known: Program | None, assignments: list[tuple[str, TracedText]]
) -> list[TracedText] | None:
    """Return the command that a wrapper such as `sudo` runs; None where it is not a wrapper."""
    if known is None or known.kind is not ParameterKind.RUNS:
        return None
    skip = known.skip
    has_needed = not known.needed
    index = 1
    while index < len(words):
        text = words[index].text
        name, equals, _ = text.partition("=")
        if text == "--":
            index += 1
            break
        if text[:1] == "-" and len(text) > 1:
            key = name if len(name) == 2 else name.lstrip("-")
            index += 2 if key in known.skipped and not equals else 1
        elif not has_needed and text in known.needed:
            has_needed = True
            index += 1
        elif re.match(r"[A-Za-z_]\w*=", text):
            assignments.append((name, words[index].cut(len(name) + 1, len(text))))
            index += 1
        elif skip > 0:
            skip -= 1
            index += 1
        else:
            break
    command = words[index:]
    if not command:
        return None
    is_program = program(_program_name(command[0].text)) is not None
    return command if has_needed or is_program or words[index - 1].text == "--" else None
