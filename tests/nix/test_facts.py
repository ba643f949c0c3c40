"""Nix reads the table of services as the program does."""

from typing import TypedDict, cast

from port_registry.facts import tsv
from port_registry.facts.implied import System, implied_ports
from port_registry.facts.words import word_list
from tests.nix.evaluation import ROOT, value_of


class _Row(TypedDict):
    enable: list[str]
    option: list[str]
    port: int
    protocol: str
    addressOption: list[str]
    address: str


def test_the_rows_are_the_programs() -> None:
    read = {
        (
            tuple(row["enable"]),
            tuple(row["option"]),
            row["port"],
            row["protocol"],
            tuple(row["addressOption"]),
            row["address"],
        )
        for row in cast(list[_Row], value_of(f"import {ROOT}/nix/facts.nix"))
    }
    services = {
        tuple(line.split("\t")[1].split(".")[:2])
        for line in tsv.text("nixos_defaults").splitlines()
        if line.startswith("nixos\t")
    }
    known = {
        (one.enable, one.option, int(one.port), protocol.value, one.address_option, one.address)
        for service in services
        for one in implied_ports(System.NIXOS, (service[0], service[1]))
        if one.always
        for protocol in one.protocols
    }
    assert read <= known
    assert {".".join(option) for _, option, *_ in known - read} == {
        "services.docuseal.redis.port",
        "services.lanraragi.redis.port",
        "services.nitter.cache.redisPort",
        "services.send.redis.port",
        "services.zammad.redis.port",
    }


def test_the_lists_of_words_are_the_programs() -> None:
    read = cast(dict[str, dict[str, list[str]]], value_of(f"import {ROOT}/nix/lib/word-lists.nix"))
    assert len(read) > 5
    for topic, lists in read.items():
        for name, found in lists.items():
            assert tuple(dict.fromkeys(found)) == word_list(topic, name), (topic, name)
