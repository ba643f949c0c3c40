"""Arbitrary text: the result is always a value, with spans inside the text."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from port_registry.languages.nix.parse import parse
from port_registry.model import Source, Span
from tests.languages.nix.plain import MemoryReader
from tests.languages.nix.registries import generate
from tests.languages.nix.test_differential import ours
from tests.sizes import size

_FRAGMENTS = (
    "{ } [ ] ( ) ; , : @ = . ... ? ! - + ++ * / // < > <= >= == != && || -> ${ $ ' '' ''' ''$ "
    "''\\n \" \\ # /* */ let in rec with inherit if then else assert or a b x1 lib 1 80 1.5 "
    "99999999999999999999 ./a <b> ~/c http://x:1/y \"s\" ''t'' true null builtins map toString "
    "throw import ./ports.nix __add é 😀 \t \r \n \r\n \ufeff \x00 \x0c"
)
FRAGMENTS = [*_FRAGMENTS.split(" "), " ", "\n"]


def check(text: str) -> None:
    """Parse and evaluate `text`, and check every span of the result."""
    source = Source("ports.nix", text)
    file = parse(source)
    assert (file.root is None) <= bool(file.errors)
    spans: list[Span] = [comment.span for comment in file.comments]
    spans += [error.span for error in file.errors]
    spans += [span for duplicate in file.duplicates for span in (duplicate.span, duplicate.first)]
    for span in spans:
        assert span.path == "ports.nix"
        assert 0 <= span.start <= span.end <= len(text)
    for comment in file.comments:
        assert source.slice(comment.span) == comment.text
    ours("ports.nix", {"ports.nix": text})


@given(st.text())
@settings(max_examples=size(60, 300), deadline=None)
def test_any_text(text: str) -> None:
    check(text)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40))
@settings(max_examples=size(120, 600), deadline=None)
def test_any_sequence_of_fragments(fragments: list[str]) -> None:
    check(" ".join(fragments))
    check("".join(fragments))


@given(st.integers(0, 2**32), st.data())
@settings(max_examples=size(60, 300), deadline=None)
def test_any_mutation_of_a_registry(seed: int, data: st.DataObject) -> None:
    text = generate(seed, "r").text
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 5)))
        text = text[:start] + data.draw(st.sampled_from(FRAGMENTS)) + text[end:]
    check(text)


def test_cut_registries() -> None:
    pick = random.Random(0)
    for seed in range(200):
        text = generate(seed, "r").text
        check(text[: pick.randrange(len(text) + 1)])


def test_the_memory_reader_returns_its_texts() -> None:
    assert MemoryReader({"a": "b"}).read("a").text == "b"
