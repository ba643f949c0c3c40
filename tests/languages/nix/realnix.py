"""Evaluation of many files by the real Nix."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence

from tests import real
from tests.languages.nix.plain import Json

_APPLY = """
let
  lib = import ./lib.nix;
  known = { inherit lib; pkgs = { inherit lib; }; config = { }; };
  apply = f:
    if !builtins.isFunction f then f
    else if builtins.functionArgs f == { } then apply (f { inherit lib; })
    else apply (f (builtins.intersectAttrs (builtins.functionArgs f) known));
in
"""


class RealNix:
    """An evaluator of the files in a folder, which must contain `lib.nix`."""

    def __init__(self, folder: str) -> None:
        self._program = real.nix_instantiate()
        self._folder = folder

    def values(self, paths: Sequence[str]) -> Mapping[str, Json | None]:
        """Return the value of each file, wrapped in a list; None where Nix fails on it.

        All are evaluated at once; where that fails, each half is.
        """
        answer = self._ask(paths)
        if answer is not None:
            return {path: [value] for path, value in zip(paths, answer, strict=True)}
        if len(paths) == 1:
            return {paths[0]: None}
        middle = len(paths) // 2
        return {**self.values(paths[:middle]), **self.values(paths[middle:])}

    def expressions(self, texts: Sequence[str]) -> Mapping[str, Json | None]:
        """Return the same for expressions."""
        paths: list[str] = []
        for number, text in enumerate(texts):
            path = f"expression-{number}.nix"
            with open(os.path.join(self._folder, path), "w", encoding="utf-8", newline="") as file:
                file.write(text)
            paths.append(path)
        values = self.values(paths)
        return {text: values[path] for text, path in zip(texts, paths, strict=True)}

    def _ask(self, paths: Sequence[str]) -> list[Json] | None:
        imports = "\n".join(f"(apply (import ./{path}))" for path in paths)
        batch = os.path.join(self._folder, "batch.nix")
        with open(batch, "w", encoding="utf-8") as file:
            file.write(f"{_APPLY}[\n{imports}\n]\n")
        command = [
            self._program, "--readonly-mode", "--option", "restrict-eval", "true",
            "-I", self._folder, "--eval", "--strict", "--json", batch,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, timeout=120)
        if done.returncode != 0:
            return None
        answer: list[Json] = json.loads(done.stdout)
        return answer
