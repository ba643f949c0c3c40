"""Questions whether the registry has an entry: `ports.databases ? redis`."""

from collections import defaultdict
from collections.abc import Iterator

from port_registry.model import Certainty, Name
from port_registry.sources.nix.document import NixDocument, NixDocuments, Question
from port_registry.sources.nix.fleet import Fleet, ResolvedReference
from port_registry.sources.nix.module_facts import AttrPath, Chain, ChainReference, Module


def questions_of(fleet: Fleet, texts: NixDocuments, name: Name) -> Iterator[ResolvedReference]:
    """Yield the questions about the entry `name`, or a part of it, as references."""
    asked = _QuestionResolver(fleet)
    for module in fleet.modules:
        if module.aliases and texts.contains_words(module.path, "?", name[-1]):
            for reached in asked.questions_in(module, texts.of(module.path)):
                if reached.name[: len(name)] == name:
                    yield reached


class _QuestionResolver:
    """Resolves questions. Immutable."""

    def __init__(self, fleet: Fleet) -> None:
        self._ways = fleet.chain_resolver
        self._parts = fleet.registries
        self._known: dict[str, list[ResolvedReference]] = defaultdict(list)
        for reached in fleet.references:
            self._known[reached.reference.span.path].append(reached)

    def questions_in(self, module: Module, text: NixDocument) -> Iterator[ResolvedReference]:
        """Yield the questions of a file about registries."""
        for question in text.questions:
            chain = _chain(module, question)
            found = None if chain is None else self._registry_entry(module.path, chain)
            if chain is not None and found is not None:
                registry, name = found
                span, last = question.span, question.units[-1]
                reference = ChainReference(
                    chain,
                    span,
                    last,
                    (),
                    None,
                    only_renames=False,
                    written_steps=len(question.units),
                )
                yield ResolvedReference(reference, registry, name, Certainty.LIKELY)

    def _registry_entry(self, path: str, chain: Chain) -> tuple[str, AttrPath] | None:
        """Return the registry that `chain` leads to, and the name there."""
        spots = self._ways.follow(path, chain).registry_paths
        if spots:
            return self._parts[spots[0].registry_index].registry.path, spots[0].name
        for known in self._known[path]:
            way = known.reference.chain
            size = len(way.path) - len(known.name)
            same = way[:2] == chain[:2] and size >= 0 and way.path[size:] == known.name
            if same and chain.path[:size] == way.path[:size]:
                return known.registry, chain.path[size:]
        return None


def _chain(module: Module, question: Question) -> Chain | None:
    """Return the chain that `question` is about."""
    span = question.span
    for handle in module.aliases:
        inside = handle.scope.start <= span.start and span.end <= handle.scope.end
        if inside and handle.name == question.name:
            return handle.chain._replace(path=(*handle.chain.path, *question.way))
    return None
