# Interpretation of a registry: its entries and their attributes.
#
# A leaf is an entry when it is an integer, or digits in a string. A set is one entry when it
# has a `port`, or the two ends of a range; two leaves called `x-start` and `x-end` are one
# entry `x`. The rest is left alone.
#
# Reading gives `found`, a list of entries and of leaves that should be some (`flaw`), and
# `ports`, the same shape with plain integers.
let
  words = import ./words.nix;
  leaves = import ./leaves.nix;
  tree = import ./tree.nix;
  inherit (import ./leaf-attributes.nix) attributesOf noAttributes attributeNames;
  inherit (tree) node order;
  inherit (import ./pairs.nix) boundsOf pairsOf;
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    filter
    isAttrs
    isFloat
    isFunction
    isInt
    isList
    listToAttrs
    mapAttrs
    ;

  mostDepth = 64;

  top = {
    path = [ ];
    name = "";
    squeezed = "";
    variable = "";
    depth = 0;
  };

  # The name of `key` in what is called `above`, in all the forms that are asked for.
  below =
    above: key:
    let
      parts = words.words key;
      join = sign: one: other: if one == "" || other == "" then one + other else one + sign + other;
    in
    {
      path = above.path ++ [ key ];
      name = if above.depth == 0 then words.showPart key else "${above.name}.${words.showPart key}";
      squeezed = "${above.squeezed}\n${concatStringsSep "" parts}";
      variable = join "_" above.variable (words.upper (concatStringsSep "_" parts));
      depth = above.depth + 1;
      inherit key parts;
    };

  alone = value: {
    found = [ ];
    ports = value;
  };

  plain = ends: if ends.from == ends.to then ends.from else { inherit (ends) from to; };

  # What a reading makes of the leaf `name`; `value` stands for it where it is no port.
  # `at` are the set and the key that alone hold the number; null where two make it.
  leaf =
    name: at: stated: value: read:
    if read == null then
      alone value
    else
      {
        found = [
          ({ inherit name at; } // (if read ? flaw then read else { inherit stated read; }))
        ];
        ports = if read ? flaw then value else plain read;
      };

  noPort =
    key: name: at: value:
    if !isFunction value && (words.saysPort key || isFloat value) then
      leaf name at noAttributes value (leaves.notAPort value)
    else
      alone value;

  # One attribute of a category.
  item =
    set: above: key:
    let
      value = node set.${key};
      name = below above key;
      at = { inherit set key; };
    in
    if words.isAside key then
      alone set.${key}
    else if isAttrs value then
      (if value ? __functor then alone value else structured name at value)
    else if isList value then
      noPort key name at value
    else if words.isCount key (if isInt value then value else null) then
      alone value
    else
      let
        read = leaves.readLeaf value;
      in
      if read == null then noPort key name at value else leaf name at noAttributes value read;

  # What makes a set one entry: the attribute that holds its ports, what they are, and the
  # attributes that make them; null where it is none.
  portsOf =
    set:
    let
      value = key: node set.${key};
      certain = key: read: if read == null then leaves.notAPort (value key) else read;
      pairs = filter (pair: set ? ${builtins.head pair} && set ? ${words.last pair}) words.bounds;
      first = builtins.head (builtins.head pairs);
      final = words.last (builtins.head pairs);
      inner = portsOf (value "port");
    in
    if set ? port then
      (
        if isAttrs (value "port") then
          (if inner == null then null else inner // { made = [ "port" ]; })
        else
          {
            at = {
              inherit set;
              key = "port";
            };
            read = certain "port" (leaves.readLeaf (value "port"));
            made = [ "port" ];
          }
      )
    else if pairs != [ ] then
      (
        if isAttrs (value first) || isAttrs (value final) then
          null
        else
          {
            at = null;
            read = leaves.readEnds (value first) (value final);
            made = [
              first
              final
            ];
          }
      )
    else if set ? start && set ? count && !isAttrs (value "start") then
      {
        at = null;
        read = leaves.readCount (value "start") (value "count");
        made = [
          "start"
          "count"
        ];
      }
    else
      null;

  # A set that is one entry, or a category.
  structured =
    name: at: set:
    let
      made = portsOf set;
    in
    if made == null then category set name else entry name set made;

  entry =
    name: set: made:
    let
      own = leaf name made.at (attributesOf node set) set made.read;
      isExtra = key: !(builtins.elem key made.made) && !(attributeNames ? ${key});
      extras = listToAttrs (
        map (key: {
          name = key;
          value = extra set name key;
        }) (filter isExtra (attrNames set))
      );
      found = concatMap (key: (extras.${key} or (alone null)).found) (order set);
    in
    {
      found = own.found ++ found;
      # A set that holds more entries than its own stays one.
      ports =
        if found == [ ] then
          own.ports
        else
          set
          // mapAttrs (_: one: one.ports) extras
          // (if set ? port then { port = own.ports; } else { });
    };

  # What stands beside a `port`: entries only where that is plain to see.
  extra =
    set: above: key:
    let
      value = node set.${key};
      name = below above key;
      at = { inherit set key; };
      made = portsOf value;
      inner = mapAttrs (one: _: extra value name one) value;
      read = leaves.readLeaf value;
    in
    if name.depth > mostDepth then
      tooDeep name
    else if isAttrs value then
      (
        if made != null then
          entry name value made
        else
          {
            found = concatMap (one: inner.${one}.found) (order value);
            ports = mapAttrs (_: one: one.ports) inner;
          }
      )
    else if isList value then
      alone value
    else if
      words.saysPort key
      || (isInt value && value >= words.leastUnnamed && !(words.isCount key value))
    then
      (if read == null then noPort key name at value else leaf name at noAttributes value read)
    else
      alone value;

  tooDeep = name: throw "port-registry: ${name.name} is nested too deeply";

  category =
    set: name:
    let
      pairs = pairsOf set;
      ends = listToAttrs (
        map (key: {
          name = pairs.${key}.other;
          value = true;
        }) (attrNames pairs)
      );
      bounds = if name.depth == 0 then boundsOf set else { };
      read = mapAttrs (
        key: _:
        if bounds ? ${key} || (ends ? ${key} && !(pairs ? ${key})) then
          alone (node set.${key})
        else if pairs ? ${key} then
          leaf (below name pairs.${key}.stem) null noAttributes (node set.${key}) (
            leaves.readEnds (node set.${key}) (node set.${pairs.${key}.other})
          )
        else
          item set name key
      ) set;
      # The ends of a pair stay beside the range that they make.
      stems = listToAttrs (
        map (key: {
          name = pairs.${key}.stem;
          value = read.${key}.ports;
        }) (attrNames pairs)
      );
      kept = mapAttrs (key: one: if pairs ? ${key} then node set.${key} else one.ports) read;
    in
    if name.depth > mostDepth then
      tooDeep name
    else
      {
        found = concatMap (key: read.${key}.found) (order set);
        ports = if pairs == { } then mapAttrs (_: one: one.ports) read else kept // stems;
      };
in
{
  read = set: category set top;
}
