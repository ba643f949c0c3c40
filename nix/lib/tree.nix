# A registry's values as they are meant: what nixpkgs' `mkOption`, `mkDefault` and their like
# make is a set that says in its `_type` what it is, and is taken for what it stands for.
let
  inherit (builtins)
    attrNames
    isAttrs
    isInt
    isString
    ;

  node =
    value:
    if !isAttrs value then
      value
    else if value.type or null == "derivation" then
      null
    else if !(value ? _type) || !isString value._type then
      value
    else if (value._type == "override" || value._type == "order") && value ? content then
      node value.content
    else if value._type == "if" && value ? content && value ? condition then
      (if value.condition then node value.content else { })
    else if value._type == "option" then
      option value
    else if value._type == "merge" then
      throw "port-registry: what mkMerge made only the module system knows; load its config"
    else
      value;

  option =
    value:
    let
      default = node value.default;
    in
    if !(value ? default) then
      null
    else if isInt default || isString default then
      { port = default; } // (if value ? description then { inherit (value) description; } else { })
    else
      default;

  # The names of a set in the order in which its file has them, as far as Nix can tell.
  order =
    set:
    let
      names = attrNames set;
      places = map (name: {
        inherit name;
        at = builtins.unsafeGetAttrPos name set;
      }) names;
      file = (builtins.head places).at.file;
      isKnown =
        (builtins.head places).at != null
        && builtins.all (place: place.at != null && place.at.file == file) places;
      before =
        one: other:
        one.at.line < other.at.line
        || (one.at.line == other.at.line && one.at.column < other.at.column);
    in
    if builtins.length names < 2 || !isKnown then
      names
    else
      map (place: place.name) (builtins.sort before places);
in
{
  inherit node order;
}
