"""References to an entry in linked Nix files, and their changes when it is renamed."""

from collections.abc import Collection, Iterator

from port_registry import model
from port_registry.model import Name
from port_registry.sources.nix.document import NixDocuments
from port_registry.sources.nix.fleet import Fleet, ResolvedReference
from port_registry.sources.nix.link.options import OptionPaths, option_paths
from port_registry.sources.nix.module_facts import OptionDefinition
from port_registry.sources.nix.renaming.enclosing_calls import has_string_argument, iterates_names
from port_registry.sources.nix.renaming.has_attr_checks import questions_of
from port_registry.sources.nix.renaming.reference_rewrites import ReferenceRewriter


def uses_of(fleet: Fleet, reader: model.Reader, name: model.Name) -> Iterator[model.EntryUse]:
    """Yield the references to the entry `name`, questions and options included."""
    meant, texts = model.Renaming(name, name), NixDocuments(reader)
    for reached in fleet.references:
        span, last = reached.reference.span, reached.reference.last
        if meant.names(reached.name):
            yield model.EntryUse(span, model.UseForm.REFERENCE)
        elif meant.may_be(reached.name) and not iterates_names(texts.of(span.path), last):
            yield model.EntryUse(span, model.UseForm.COMPUTED)
    for reached in questions_of(fleet, texts, name):
        yield model.EntryUse(reached.reference.span, model.UseForm.QUESTION)
    registries = {host.registry.path for host in fleet.registries}
    for definition in option_settings(fleet, name, registries):
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
    for reached in questions_of(fleet, texts, renaming.old):
        if reached.registry in registries:
            yield rewriter.rewrite_question(reached)
    for definition in option_settings(fleet, renaming.old, registries):
        yield _set_elsewhere(definition, renaming)


def _look_at_computed(
    texts: NixDocuments, reached: ResolvedReference, renaming: model.Renaming
) -> model.UseChange:
    """Return the change of a reference with a computed attribute, which may be the entry's."""
    span, shown = reached.reference.span, model.format_name(renaming.old)
    if not reached.reference.written_steps:
        return ()
    if iterates_names(texts.of(span.path), reached.reference.last):
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
    if has_string_argument(texts.of(span.path), span, below):
        message = f"{model.format_name(old)} is named by a string here, which cannot be followed"
        hint = f"write `….{model.format_name(old)}` there, or change all of it by hand"
        return model.BlockedUse(span, message, hint)
    if name and reached.reference.written_steps:
        category = model.format_name(old[: len(name)])
        return model.Note(f"this takes all of {category}, and sees the other name", span)
    return ()


def _set_elsewhere(definition: OptionDefinition, renaming: model.Renaming) -> model.BlockedUse:
    return model.BlockedUse(
        definition.span,
        f"a module sets {model.format_name(renaming.old)} as an option here",
        "take it away for the time being, or change all of it by hand",
    )


def option_settings(
    fleet: Fleet, name: Name, registries: Collection[str]
) -> Iterator[OptionDefinition]:
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
