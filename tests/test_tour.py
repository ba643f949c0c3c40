"""The README's tour shows what a new user sees."""

import re

from tests.tour import README, played


def test_the_tour_prints_what_the_readme_shows() -> None:
    with open(README, encoding="utf-8") as file:
        readme = file.read()
    assert played(readme) == readme


def test_the_tour_goes_from_an_empty_folder_to_a_clean_check() -> None:
    with open(README, encoding="utf-8") as file:
        commands = re.findall(r"^\$ port-registry (\w+)", file.read().partition("## Tour")[2], re.M)
    tour = commands[: commands.index("check") + 1]
    assert tour == ["init", "add", "add", "add", "list", "check"]
