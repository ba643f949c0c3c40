# Where in a registry's file the entries are: at the top, below `ports`, or in a module below
# `config.<any path>.ports` or `options.<any path>.ports`.
let
  words = import ./words.nix;
  inherit (import ./tree.nix) node order;
  inherit (builtins)
    any
    attrNames
    concatMap
    head
    isAttrs
    isInt
    isString
    match
    ;

  halves = [
    "config"
    "options"
  ];
  mostWays = 8;
  mostDepth = 64;

  # Whether an integer, or digits in a string, are anywhere below.
  holdsNumbers =
    depth: raw:
    let
      value = node raw;
    in
    if isAttrs value then
      depth < mostDepth && any (key: holdsNumbers (depth + 1) value.${key}) (attrNames value)
    else if isString value then
      match "[0-9]+" value != null
    else
      isInt value;

  isEmpty = value: value == { };

  # The way to the nearest set called `ports` that `isIt` is true of; null where there is none.
  search =
    isIt: ways: level:
    let
      below = concatMap (
        one:
        if isAttrs one.value then
          map (key: {
            path = one.path ++ [ key ];
            inherit key;
            value = node one.value.${key};
          }) (order one.value)
        else
          [ ]
      ) level;
      isFound = one: one.key == "ports" && isAttrs one.value && isIt one.value;
      found = builtins.filter isFound below;
    in
    if ways == 0 || level == [ ] then
      null
    else if found != [ ] then
      (head found).path
    else
      search isIt (ways - 1) below;

  module =
    root: isIt:
    let
      found = concatMap (
        half:
        let
          path = search isIt mostWays [
            {
              path = [ half ];
              value = node root.${half};
            }
          ];
        in
        if root ? ${half} && path != null then [ path ] else [ ]
      ) halves;
    in
    if found == [ ] then null else head found;
in
root:
let
  others = builtins.filter (key: key != "ports" && !(words.isAside key)) (attrNames root);
  full = module root (holdsNumbers 0);
  empty = module root isEmpty;
in
if
  root ? ports
  && isAttrs (node root.ports)
  && !(any (key: holdsNumbers 0 root.${key}) others)
then
  [ "ports" ]
else if any (key: isInt (node root.${key})) (attrNames root) then
  [ ]
else if full != null then
  full
else if empty != null then
  empty
else
  [ ]
