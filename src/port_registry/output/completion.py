"""Scripts that complete command lines in a shell.

What is fixed stands in the script; the names of entries come from `port-registry get --names`,
which answers at once.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from port_registry.project.rule_selection import rule_names

_PROGRAMS = ("port-registry", "portreg")
_NAMES = "port-registry get --names 2>/dev/null"


class CompletedOption(NamedTuple):
    """An option of a command."""

    names: tuple[str, ...]
    """`-n` and `--count`."""
    summary: str
    value_name: str
    """What its value is called; empty where it takes none."""
    choices: tuple[str, ...]
    """The values that there are; empty where it can be anything."""


class CompletedCommand(NamedTuple):
    """A command and what can stand behind it."""

    name: str
    summary: str
    options: tuple[CompletedOption, ...]
    arguments: tuple[str, ...]
    """What they are called, `NAME`, `{bash,zsh,fish}`."""


def completion_script(shell: str, shapes: tuple[CompletedCommand, ...]) -> str:
    """Return the script for `shell`, which is one of `SHELLS`."""
    return SHELLS[shell](shapes)


def _kind(called: str) -> str:
    """Return what completes an argument of that name: names, categories, rules, files, words."""
    if called.startswith("{"):
        return "words"
    for kind, words in _KINDS.items():
        if words.intersection(called.strip("[]. ").replace("|", " ").split()):
            return kind
    return "nothing"


_KINDS = {
    "names": frozenset(("NAME", "OLD", "NEW")),
    "categories": frozenset(("CATEGORY",)),
    "rules": frozenset(("RULE", "RULES")),
    "files": frozenset(("PATH", "FILE")),
}


def _words(called: str) -> str:
    return " ".join(called.strip("{}").split(","))


def _bash(shapes: tuple[CompletedCommand, ...]) -> str:
    cases = "\n".join(f"        {shape.name}) {_bash_case(shape)} ;;" for shape in shapes)
    values = "\n".join(_bash_values(shapes))
    takes = " ".join(sorted({name for _, name, _ in _valued(shapes)}))
    commands = " ".join(shape.name for shape in shapes)
    return f"""\
# Completion of port-registry in bash: source this file, or put it into
# ~/.local/share/bash-completion/completions/port-registry.

_port_registry_reply() {{
    # The kind of what is completed, then the words that there are.
    local kind=$1 word
    shift
    local -a found=("$@")
    case $kind in
        files)
            compopt -o default 2>/dev/null
            return
            ;;
        names) while IFS= read -r word; do found+=("$word"); done < <({_NAMES}) ;;
        categories)
            while IFS= read -r word; do found+=("$word"); done < <(
                {_NAMES} | sed -n 's/\\.[^.]*$//p' | sort -u
            )
            ;;
        rules) found=({" ".join(rule_names())}) ;;
    esac
    for word in "${{found[@]}}"; do
        [[ $word == "$current"* ]] && COMPREPLY+=("$(printf '%q' "$word")")
    done
}}

_port_registry() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
    local command=${{COMP_WORDS[1]}} at count=0
    local takes=" {takes} "
    local -a options arguments
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        _port_registry_reply words {commands} --help --version
        return
    fi
    case "$command $before" in
{values}
    esac
    case $command in
{cases}
    esac
    if [[ $current == -* ]]; then
        _port_registry_reply words "${{options[@]}}"
        return
    fi
    for ((at = 2; at < COMP_CWORD; at++)); do
        if [[ $takes == *" ${{COMP_WORDS[at]}} "* ]]; then
            ((at++))
        elif [[ ${{COMP_WORDS[at]}} != -* ]]; then
            ((count++))
        fi
    done
    ((count >= ${{#arguments[@]}})) && count=$((${{#arguments[@]}} - 1))
    # shellcheck disable=SC2086
    ((count >= 0)) && _port_registry_reply ${{arguments[count]}}
}}

complete -F _port_registry {" ".join(_PROGRAMS)}
"""


def _bash_case(shape: CompletedCommand) -> str:
    options = " ".join(name for option in shape.options for name in option.names)
    arguments = " ".join(f"'{_bash_argument(one)}'" for one in shape.arguments)
    return f"options=({options}) arguments=({arguments})"


def _bash_argument(called: str) -> str:
    kind = _kind(called)
    return f"words {_words(called)}" if kind == "words" else kind


def _valued(shapes: tuple[CompletedCommand, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield commands, their options that take a value, and what completes that."""
    for shape in shapes:
        for option in shape.options:
            for name in option.names if option.value_name else ():
                yield shape.name, name, _bash_argument(option.value_name)


def _bash_values(shapes: tuple[CompletedCommand, ...]) -> Iterator[str]:
    """Yield what is completed behind which option, each value once."""
    valued = list(_valued(shapes))
    replies: dict[str, list[str]] = {}
    for command, name, reply in valued:
        is_same = all(other == reply for _, option, other in valued if option == name)
        pattern = f"*' {name}'" if is_same else f"'{command} {name}'"
        patterns = replies.setdefault(reply, [])
        if pattern not in patterns:
            patterns.append(pattern)
    for reply, patterns in replies.items():
        yield f"        {' | '.join(patterns)})\n            _port_registry_reply {reply}"
        yield "            return\n            ;;"


def _zsh(shapes: tuple[CompletedCommand, ...]) -> str:
    commands = "\n".join(f"        {_quoted(f'{one.name}:{one.summary}')}" for one in shapes)
    cases = "\n".join(
        f"        {shape.name})\n            _arguments{_zsh_case(shape)}\n            ;;"
        for shape in shapes
    )
    return f"""\
#compdef {" ".join(_PROGRAMS)}
# Completion of port-registry in zsh: source this file, or put it into a folder of $fpath
# as _port-registry.

_port_registry_names() {{
    local -a found=(${{(f)"$({_NAMES})"}})
    compadd -a found
}}

_port_registry_categories() {{
    local -a found=(${{(fu)"$({_NAMES} | sed -n 's/\\.[^.]*$//p')"}})
    compadd -a found
}}

_port_registry_rules() {{
    compadd {" ".join(rule_names())}
}}

_port_registry() {{
    local -a commands=(
{commands}
    )
    if ((CURRENT == 2)); then
        _describe -t commands command commands
        return
    fi
    shift words
    ((CURRENT--))
    case $words[1] in
{cases}
    esac
}}

if [[ $funcstack[1] == _port_registry || $funcstack[1] == _port-registry ]]; then
    _port_registry "$@"
else
    compdef _port_registry {" ".join(_PROGRAMS)}
fi
"""


def _zsh_case(shape: CompletedCommand) -> str:
    specs = [
        _quoted(f"{name}[{_zsh_text(option.summary)}]{_zsh_value(option)}")
        for option in shape.options
        for name in option.names
    ]
    for at, called in enumerate(shape.arguments, 1):
        place = "*" if "..." in called or _kind(called) == "files" else str(at)
        specs.append(_quoted(f"{place}:{_zsh_text(called)}:{_zsh_action(called)}"))
    return "".join(f" \\\n                {spec}" for spec in specs)


def _zsh_value(option: CompletedOption) -> str:
    if not option.value_name:
        return ""
    called = "value" if option.choices else option.value_name
    return f":{_zsh_text(called)}:{_zsh_action(option.value_name)}"


def _zsh_action(called: str) -> str:
    kind = _kind(called)
    if kind == "words":
        return f"({_words(called)})"
    return {"files": "_files", "nothing": " "}.get(kind, f"_port_registry_{kind}")


def _zsh_text(text: str) -> str:
    for char in "\\[]:":
        text = text.replace(char, f"\\{char}")
    return text


def _quoted(text: str) -> str:
    """Return `text` as a word of bash and zsh."""
    whole = text.replace("'", "'\\''")
    return f"'{whole}'"


def _fish(shapes: tuple[CompletedCommand, ...]) -> str:
    program = _PROGRAMS[0]
    lines = [
        "# Completion of port-registry in fish: put it into",
        "# ~/.config/fish/completions/port-registry.fish.",
        "",
        "function __port_registry_categories",
        f"    {_NAMES} | string replace -rf '\\.[^.]*$' '' | sort -u",
        "end",
        "",
        f"complete -c {program} -f",
    ]
    for shape in shapes:
        about = _fish_quoted(shape.summary)
        start = "-n __fish_use_subcommand"
        lines.append(f"complete -c {program} {start} -a {shape.name} -d {about}")
        here = f"complete -c {program} -n '__fish_seen_subcommand_from {shape.name}'"
        lines += [f"{here}{_fish_option(option)}" for option in shape.options]
        kinds = dict.fromkeys(_fish_values(called) for called in shape.arguments)
        lines += [f"{here} {values}" for values in kinds if values]
    lines += [f"complete -c {other} -w {program}" for other in _PROGRAMS[1:]]
    return "".join(f"{line}\n" for line in lines)


def _fish_option(option: CompletedOption) -> str:
    made = ""
    for name in option.names:
        made += f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}"
    if option.value_name:
        made += " -r" if _kind(option.value_name) == "files" else " -x"
        made += f" {_fish_values(option.value_name)}".rstrip()
    return f"{made} -d {_fish_quoted(option.summary)}"


def _fish_values(called: str) -> str:
    kind = _kind(called)
    if kind == "words":
        return f"-a {_fish_quoted(_words(called))}"
    return {
        "names": f"-a '({_NAMES})'",
        "categories": "-a '(__port_registry_categories)'",
        "rules": f"-a '{' '.join(rule_names())}'",
        "files": "-F",
    }.get(kind, "")


def _fish_quoted(text: str) -> str:
    whole = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{whole}'"


SHELLS: dict[str, Callable[[tuple[CompletedCommand, ...]], str]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
}
"""What writes the script for each shell."""
