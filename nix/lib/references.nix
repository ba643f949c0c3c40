# Entries that refer to another one: `web = api;` is one number under two names, and no clash.
#
# Nix shows no difference between it and `web = 3000;`, but tells where an attribute stands.
# The text there is looked at, for entries that clash alone.
let
  inherit (builtins)
    concatStringsSep
    elemAt
    filter
    genList
    groupBy
    head
    isString
    length
    mapAttrs
    match
    pathExists
    readFile
    sort
    split
    substring
    unsafeGetAttrPos
    ;

  # How many lines an attribute is looked for on.
  mostLines = 4;

  # An expression that was typed in has a file of no name.
  isFile = path: substring 0 1 path == "/" && pathExists path;
  linesOf = path: if isFile path then filter isString (split "\n" (readFile path)) else [ ];

  # What stands behind the `=` of an attribute, if that is a name alone: `api`, `ports.web.api`.
  named =
    position: lines:
    let
      left = length lines - position.line;
      count = if left < mostLines then left else mostLines;
      more = genList (at: elemAt lines (position.line + at)) count;
      first = substring (position.column - 1) (-1) (elemAt lines (position.line - 1));
      text = concatStringsSep " " ([ first ] ++ more);
      found = match "[^=;]*=[[:space:]]*([A-Za-z_][A-Za-z0-9_'.-]*)[[:space:]]*;.*" text;
    in
    if left < 0 then
      null
    else if match "[^=;]*;.*" text != null then
      position.key # it is inherited
    else if found != null then
      elemAt found 0
    else
      null;

  first = count: list: genList (elemAt list) count;
  fromEnd = at: list: elemAt list (length list - 1 - at);

  # How many last parts two paths have in common.
  shared =
    count: one: other:
    if count < length one && count < length other && fromEnd count one == fromEnd count other then
      shared (count + 1) one other
    else
      count;

  around = 1000;
  rank =
    parts: here: way:
    let
      count = shared 0 parts way;
      front = length way - count;
      isAround = front < length here && first front way == first front here;
    in
    if count == 0 then 0 else count + (if isAround then around else 0);
in
{
  # For each place (a set and a key, or null) in turn, what its number refers to; null where it
  # is its own. A file is read once, and only where it is asked for.
  references =
    places:
    let
      positions = map (
        place:
        let
          found = if place == null then null else unsafeGetAttrPos place.key place.set;
        in
        if found == null then null else found // { inherit (place) key; }
      ) places;
      files = mapAttrs (path: _: linesOf path) (
        groupBy (position: position.file) (filter (position: position != null) positions)
      );
    in
    map (
      position: if position == null then null else named position files.${position.file}
    ) positions;

  # Which of `targets`, sets with a `way` (an attribute path), a reference means that stands
  # at `here`; null where it is none. Of several, one in a set around `here` goes first, then
  # one more of whose path is spelled out.
  meaning =
    reference: here: targets:
    let
      parts = filter isString (split "[.]" reference);
      rated = map (target: target // { rank = rank parts here target.way; }) targets;
      good = sort (one: other: one.rank > other.rank) (filter (target: target.rank > 0) rated);
    in
    if good == [ ] then null else head good;
}
