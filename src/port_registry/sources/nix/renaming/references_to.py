"""References to an entry in linked Nix files, and their changes when it is renamed."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from port_registry import model
from port_registry.facts.words import word_set
from port_registry.languages.nix.tree import Apply, ListLiteral, Node, VarNode
from port_registry.model import Certainty, Name, Span
from port_registry.sources.nix import calls, module_facts
from port_registry.sources.nix.document import NixDocument, NixDocuments, Question, SelectionForm
from port_registry.sources.nix.fleet import Fleet, ResolvedReference
from port_registry.sources.nix.link.options import OptionPaths, option_paths
from port_registry.sources.nix.literals.string_content import plain_text
from port_registry.sources.nix.renaming.reference_rewrites import ReferenceRewriter

_OVER_SETS = word_set("functions", "over-sets")
"""Functions that call another one with every name of a set."""


def uses_of(fleet: Fleet, reader: model.Reader, name: model.Name) -> Iterator[model.EntryUse]:
    """Yield the references to the entry `name`, questions and options included."""
    meant, texts = model.Renaming(name, name), NixDocuments(reader)
    for reached in fleet.references:
        span, last = reached.reference.span, reached.reference.last
        if meant.names(reached.name):
            yield model.EntryUse(span, model.UseForm.REFERENCE)
        elif meant.may_be(reached.name) and not _iterates_names(texts.of(span.path), last):
            yield model.EntryUse(span, model.UseForm.COMPUTED)
    for reached in _questions_of(fleet, texts, name):
        yield model.EntryUse(reached.reference.span, model.UseForm.QUESTION)
    registries = {host.registry.path for host in fleet.registries}
    for definition in _option_settings(fleet, name, registries):
        yield model.EntryUse(definition.span, model.UseForm.OPTION)


def rename(
    fleet: Fleet,
    reader: model.Reader,
    entry: model.Entry,
    renaming: model.Renaming,
    registries: frozenset[str],
) -> Iterator[model.UseChange]:
    """Yield the change of each reference to a renamed entry of `registries`.

    `entry` is the entry with its new name.
    """
    texts = NixDocuments(reader)
    rewriter = ReferenceRewriter(reader, fleet, texts, entry, renaming)
    for reached in fleet.references:
        if reached.registry not in registries:
            continue
        if renaming.names(reached.name):
            yield rewriter.rewrite(reached)
        elif renaming.vanishes(reached.name):
            yield rewriter.redirect(reached)
        elif renaming.may_be(reached.name):
            yield _look_at_computed(texts, reached, renaming)
        else:
            yield _look_at_whole(texts, reached, renaming)
    for reached in _questions_of(fleet, texts, renaming.old):
        if reached.registry in registries:
            yield rewriter.rewrite_question(reached)
    for definition in _option_settings(fleet, renaming.old, registries):
        yield _set_elsewhere(definition, renaming)


def _look_at_computed(
    texts: NixDocuments, reached: ResolvedReference, renaming: model.Renaming
) -> model.UseChange:
    """Return the change of a reference with a computed attribute, which may be the entry's."""
    span, shown = reached.reference.span, model.format_name(renaming.old)
    if not reached.reference.written_steps:
        return ()
    if _iterates_names(texts.of(span.path), reached.reference.last):
        return model.Note(f"this goes through all names, {shown} among them", span)
    message = f"an attribute is computed here, which may be that of {shown}"
    hint = "write the entries' names out there, or change all of it by hand"
    return model.BlockedUse(span, message, hint)


def _look_at_whole(
    texts: NixDocuments, reached: ResolvedReference, renaming: model.Renaming
) -> model.UseChange:
    """Return the change of a reference to a whole category, which may include the entry."""
    name, old = reached.name, renaming.old
    if reached.reference.only_renames or len(name) >= len(old) or name != old[: len(name)]:
        return ()
    span = reached.reference.span
    below = old[len(name)]
    if _has_string_argument(texts.of(span.path), span, below):
        message = f"{model.format_name(old)} is named by a string here, which cannot be followed"
        hint = f"write `….{model.format_name(old)}` there, or change all of it by hand"
        return model.BlockedUse(span, message, hint)
    if name and reached.reference.written_steps:
        category = model.format_name(old[: len(name)])
        return model.Note(f"this takes all of {category}, and sees the other name", span)
    return ()


def _set_elsewhere(
    definition: module_facts.OptionDefinition, renaming: model.Renaming
) -> model.BlockedUse:
    return model.BlockedUse(
        definition.span,
        f"a module sets {model.format_name(renaming.old)} as an option here",
        "take it away for the time being, or change all of it by hand",
    )


def _option_settings(
    fleet: Fleet, name: Name, registries: Collection[str]
) -> Iterator[module_facts.OptionDefinition]:
    """Yield the settings of the entry `name` of `registries` as an option, in other files."""
    options = OptionPaths(fleet.modules, fleet.registries)
    own = {at for at, part in enumerate(fleet.registries) if part.registry.path in registries}
    for module in fleet.modules:
        for definition in () if module.path in registries else module.definitions:
            if name[-1] in definition.setting and any(
                part in own and found[: len(name)] == name
                for path in option_paths(definition.setting)
                for part, found in options.registries_at(path)
            ):
                yield definition


def _iterates_names(text: NixDocument, last: Span) -> bool:
    """Return whether the computed part of a reference is every existing name, in turn.

    `map (name: ports.${name}) (attrNames ports)` follows any name by itself. The reference is
    the one whose last attribute is at `last`.
    """
    way = text.selection_ending_at(last)
    if way is None or not way.computed:
        return False
    return all(_is_each_name(text, way, node) for node in way.computed)


def _is_each_name(text: NixDocument, way: SelectionForm, name: Node) -> bool:
    function = text.function_of(name) if isinstance(name, VarNode) else None
    around = None if function is None else text.call_around(function.span)
    if function is None or around is None:
        return False
    unit = next(one for one in way.units if one.start <= name.span.start < one.end)
    source = text.source.text
    subject = source[way.base.span.start : unit.start].rstrip().removesuffix(".").strip()
    call = calls.call_of(around)
    if function.span not in (one.span for one in call.arguments[:1]):
        return False
    for argument in call.arguments[1:]:
        whole = argument
        if isinstance(argument, Apply):
            inner = calls.call_of(argument)
            if inner.name != "attrNames" or len(inner.arguments) != 1:
                continue
            whole = inner.arguments[0]
        elif call.name not in _OVER_SETS:
            continue
        if text.source.slice(whole.span).strip() == subject:
            return True
    return False


def _has_string_argument(text: NixDocument, span: Span, name: str) -> bool:
    """Return whether the call with an argument at `span` has the string `name` as well."""
    if f'"{name}"' not in text.source.text:
        return False
    call = text.call_around(span)
    pending = [] if call is None else list(calls.call_of(call).arguments)
    while pending:
        node = pending.pop()
        if isinstance(node, ListLiteral):
            pending.extend(node.items)
        elif plain_text(node) == name:
            return True
    return False


def _questions_of(fleet: Fleet, texts: NixDocuments, name: Name) -> Iterator[ResolvedReference]:
    """Yield the questions about the entry `name`, or a part of it, as references.

    A question is whether the registry has an entry: `ports.databases ? redis`.
    """
    known: dict[str, list[ResolvedReference]] = defaultdict(list)
    for reached in fleet.references:
        known[reached.reference.span.path].append(reached)
    for module in fleet.modules:
        if not module.aliases or not texts.contains_words(module.path, "?", name[-1]):
            continue
        for question in texts.of(module.path).questions:
            chain = _question_chain(module, question)
            found = chain and _registry_entry(fleet, module.path, chain, known[module.path])
            if chain and found and found[1][: len(name)] == name:
                reference = module_facts.ChainReference(
                    chain=chain,
                    span=question.span,
                    last=question.units[-1],
                    setting=(),
                    fallback=None,
                    only_renames=False,
                    written_steps=len(question.units),
                )
                yield ResolvedReference(reference, *found, Certainty.LIKELY)


def _question_chain(module: module_facts.Module, question: Question) -> module_facts.Chain | None:
    """Return the chain that `question` is about."""
    span = question.span
    for handle in module.aliases:
        inside = handle.scope.start <= span.start and span.end <= handle.scope.end
        if inside and handle.name == question.name:
            return handle.chain._replace(path=(*handle.chain.path, *question.way))
    return None


def _registry_entry(
    fleet: Fleet, path: str, chain: module_facts.Chain, known: Sequence[ResolvedReference]
) -> tuple[str, module_facts.AttrPath] | None:
    """Return the registry that `chain` leads to in the file `path`, and the name there.

    The references that are `known` in the file show the way where none can be followed.
    """
    spots = fleet.chain_resolver.follow(path, chain).registry_paths
    if spots:
        return fleet.registries[spots[0].registry_index].registry.path, spots[0].name
    for other in known:
        way = other.reference.chain
        size = len(way.path) - len(other.name)
        same = way[:2] == chain[:2] and size >= 0 and way.path[size:] == other.name
        if same and chain.path[:size] == way.path[:size]:
            return other.registry, chain.path[size:]
    return None
