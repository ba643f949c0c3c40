# What is wrong with a registry, in the words of the program's own rules.
let
  words = import ./words.nix;
  inherit (import ./clash.nix) doubles;
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    elem
    elemAt
    filter
    genList
    groupBy
    head
    length
    listToAttrs
    ;

  reasons = {
    out-of-bounds = "is outside 1 to 65535";
    not-a-port = "is not a valid port, which is a whole number from 1 to 65535";
    reversed = "is a range whose end is below its start";
  };

  flawed =
    one:
    let
      zero = one.flaw == "zero";
    in
    {
      rule = if zero then "auto-selected-port" else "invalid-port";
      names = [ one.name ];
      message =
        if zero then
          "${one.name} = ${one.text} lets the system choose a port; give it one of its own"
        else
          "${one.name} = ${one.text} ${reasons.${one.flaw}}";
      where = "";
    };

  # The protocols, hosts and addresses over which two entries clash.
  where =
    pair:
    let
      shared = filter (one: elem one pair.first.protocols) pair.later.protocols;
      both = what: one: other: if one == null && other == null then [ ] else [
        "${what} ${if one == null then "any" else one}${
          if one == other then "" else " and ${if other == null then "any" else other}"
        }"
      ];
    in
    concatStringsSep ", " (
      [ (concatStringsSep "+" shared) ]
      ++ both "host" pair.first.host pair.later.host
      ++ both "address" pair.first.address pair.later.address
    );

  double = pair: {
    rule = "duplicate-port";
    names = [
      pair.first.name
      pair.later.name
    ];
    message =
      "${pair.later.name} has port${if pair.later.from == pair.later.to then "" else "s"} "
      + "${pair.later.ports}, which ${pair.first.name} (${pair.first.ports}) claims already; "
      + "give one of them another port";
    where = where pair;
  };

  # For each key that several entries have, the first of them and the others.
  firsts =
    key: entries:
    let
      groups = groupBy (entry: entry.${key}) entries;
      names = attrNames groups;
      several =
        if length names == length entries then
          [ ]
        else
          filter (one: length groups.${one} > 1) names;
      pairs =
        group:
        genList (at: {
          name = toString (elemAt group (at + 1)).at;
          value = head group;
        }) (length group - 1);
    in
    listToAttrs (concatMap (one: pairs groups.${one}) several);

  # Names that become one: without case and hyphens, or as environment variables.
  alike =
    entries:
    let
      squeezed = firsts "squeezed" entries;
      variables = firsts "variable" entries;
      isLater = entry: squeezed ? ${toString entry.at} || variables ? ${toString entry.at};
      later = if squeezed == { } && variables == { } then [ ] else filter isLater entries;
    in
    map (
      entry:
      let
        first = squeezed.${toString entry.at} or variables.${toString entry.at};
      in
      {
        rule = "duplicate-name";
        names = [
          first.name
          entry.name
        ];
        message =
          "${entry.name} and ${first.name} become one name as environment variables"
          + " (${entry.variable}); rename one of them";
        where = "";
      }
    ) later;
in
{
  rules = words.setOf [
    "auto-selected-port"
    "duplicate-name"
    "duplicate-port"
    "invalid-port"
  ];

  problems = entries: flaws: map flawed flaws ++ map double (doubles entries) ++ alike entries;

  show =
    one: "${one.rule}: ${one.message}${if one.where == "" then "" else " [${one.where}]"}";
}
