# How a name that is no entry is answered.
{ lib }:
{
  unknown =
    {
      option,
      name,
      entries,
      host,
    }:
    let
      near = builtins.filter (other: lib.strings.levenshteinAtMost 3 name other) (
        builtins.attrNames entries
      );
      closest = lib.sort (
        one: other: lib.strings.levenshtein name one < lib.strings.levenshtein name other
      ) near;
      where = lib.optionalString (host != null) " for host ${host}";
      hint =
        if near == [ ] then
          "add it to the registry, or name one that is there"
        else
          "did you mean ${builtins.head closest}?";
    in
    "${option} names ${name}, which the registry does not have${where}; ${hint}";
}
