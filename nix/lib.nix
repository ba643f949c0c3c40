# The registry for Nix, with builtins alone: its ports as plain integers, everything known of
# its entries, and one error that lists all that is wrong with it.
#
#   registry = (import ./nix/lib.nix).load ./lib/ports.nix;
#   registry.ports.databases.redis                     # 6379
#
# `load` takes a file (`.nix`, `.toml`, `.json`), a set, or
#   { registry = ./lib/ports.nix; meta = ./lib/ports.json; attribute = "my.ports"; ignore = [ ]; }
# where `meta` is what `port-registry export json` wrote, without which Nix cannot know what
# comments say, `attribute` is where in the file the entries are, and `ignore` names rules.
let
  words = import ./lib/words.nix;
  tree = import ./lib/tree.nix;
  metadata = import ./lib/meta.nix;
  problems = import ./lib/problems.nix;
  inherit (builtins)
    all
    attrNames
    attrValues
    concatStringsSep
    elem
    filter
    foldl'
    fromJSON
    fromTOML
    functionArgs
    genList
    head
    isAttrs
    isFunction
    isList
    isPath
    isString
    length
    match
    readFile
    ;

  isFile = value: isPath value || isString value;
  optionNames = words.setOf [
    "registry"
    "meta"
    "attribute"
    "ignore"
  ];

  # A set that says where the registry is, and not a registry with a category of that name.
  isRequest =
    given:
    isAttrs given
    && given ? registry
    && all (key: optionNames ? ${key}) (attrNames given)
    && (isFile given.registry || length (attrNames given) > 1);

  request =
    given:
    {
      meta = null;
      attribute = [ ];
      ignore = [ ];
    }
    // (if isRequest given then given else { registry = given; });

  shown = path: if path == null then "the registry" else toString path;
  fail = path: message: throw "port-registry: ${shown path} ${message}";

  called =
    path: value:
    let
      arguments = functionArgs value;
    in
    if !isFunction value then
      value
    else if arguments != { } && all (hasDefault: hasDefault) (attrValues arguments) then
      value { }
    else
      fail path "is a function; load what it gives: `load (import ./ports.nix { … })`";

  opened =
    registry:
    if !isFile registry then
      called null registry
    else if match ".*[.]json" (toString registry) != null then
      fromJSON (readFile registry)
    else if match ".*[.]toml" (toString registry) != null then
      fromTOML (readFile registry)
    else
      called registry (import registry);

  parts =
    attribute:
    if isList attribute then attribute else filter isString (builtins.split "[.]" attribute);

  descend =
    path: root: way:
    foldl' (
      set: key:
      let
        value = tree.node (set.${key} or (fail path "has no attribute `${key}`"));
      in
      if isAttrs value then value else fail path "has no set of attributes at `${key}`"
    ) root way;

  # Everything, whether the registry is in order or not.
  read =
    given:
    let
      inherit (request given)
        registry
        meta
        attribute
        ignore
        ;
      path = if isFile registry then registry else null;
      value = tree.node (opened registry);
      root = if isAttrs value then value else fail path "is not a set of attributes";
      named = parts attribute;
      noted = if meta == null then [ ] else metadata.attribute meta;
      way =
        if named != [ ] then
          named
        else if noted != [ ] then
          noted
        else
          import ./lib/prefix.nix root;
      metaOf =
        entries:
        if meta == null then null else metadata.said { inherit meta path entries; };
      made = (import ./lib/entries.nix).read metaOf (descend path root way);
      unknown = filter (rule: !(problems.rules ? ${rule})) ignore;
    in
    if unknown != [ ] then
      fail path "cannot ignore ${head unknown}; the rules are ${
        concatStringsSep ", " (attrNames problems.rules)
      }"
    else
      (import ./lib/views.nix).views made.entries
      // {
        inherit (made) ports;
        problems = filter (one: !(elem one.rule ignore)) made.problems;
        source = path;
      };

  message =
    made:
    let
      count = length made.problems;
      line = at: "\n  ${toString (at + 1)}. ${problems.show (builtins.elemAt made.problems at)}";
    in
    "port-registry: ${toString count} problem${if count == 1 then "" else "s"} in ${shown made.source}:${
      concatStringsSep "" (genList line count)
    }";
in
{
  inherit read message;

  load =
    given:
    let
      made = read given;
    in
    if made.problems == [ ] then made else throw (message made);
}
