# A small stand-in for nixpkgs' `lib`, for the comparison with the real Nix: the same names
# with the same meaning, as its manual gives them.
let
  inherit (builtins) attrNames elemAt genList head isAttrs isList length listToAttrs tail;
  override = priority: content: { _type = "override"; inherit priority content; };
  order = priority: content: { _type = "order"; inherit priority content; };
  option = args: { _type = "option"; } // args;
  pair = name: value: { inherit name value; };
  mapToList = f: set: map (name: f name set.${name}) (attrNames set);
  merge = left: right: left // builtins.mapAttrs (name: new:
    if left ? ${name} && isAttrs left.${name} && isAttrs new then merge left.${name} new else new
  ) right;
  foldl = f: start: list: if list == [ ] then start else foldl f (f start (head list)) (tail list);
  foldr = f: start: list: if list == [ ] then start else f (head list) (foldr f start (tail list));
  flat = x: if isList x then builtins.concatLists (map flat x) else [ x ];
  min = a: b: if a < b then a else b;
in
{
  inherit (builtins) mapAttrs attrValues listToAttrs concatStringsSep filter elem isInt all any
    concatMap concatLists genList length head tail elemAt removeAttrs partition sort foldl'
    isString isList isAttrs hasAttr getAttr isFunction intersectAttrs catAttrs;
  inherit attrNames foldl foldr min;
  mkOverride = override;
  mkOptionDefault = override 1500;
  mkDefault = override 1000;
  mkForce = override 50;
  mkOrder = order;
  mkBefore = order 500;
  mkAfter = order 1500;
  mkIf = condition: content: { _type = "if"; inherit condition content; };
  mkMerge = contents: { _type = "merge"; inherit contents; };
  mkOption = option;
  mkEnableOption = name: option {
    default = false;
    example = true;
    description = "whether to enable ${name}";
    type = "a type";
  };
  types = { port = "a type"; int = "a type"; str = "a type"; attrsOf = x: "a type"; };
  range = first: last: if first > last then [ ] else genList (n: first + n) (last - first + 1);
  nameValuePair = pair;
  mapAttrs' = f: set: listToAttrs (mapToList f set);
  mapAttrsToList = mapToList;
  genAttrs = names: f: listToAttrs (map (name: pair name (f name)) names);
  filterAttrs = keep: set: listToAttrs (builtins.concatMap
    (name: if keep name set.${name} then [ (pair name set.${name}) ] else [ ]) (attrNames set));
  concatMapAttrs = f: set: builtins.foldl' (a: b: a // b) { } (mapToList f set);
  recursiveUpdate = merge;
  mergeAttrs = a: b: a // b;
  imap0 = f: list: genList (n: f n (elemAt list n)) (length list);
  imap1 = f: list: genList (n: f (n + 1) (elemAt list n)) (length list);
  zipListsWith = f: a: b: genList (n: f (elemAt a n) (elemAt b n)) (min (length a) (length b));
  optional = condition: x: if condition then [ x ] else [ ];
  optionals = condition: list: if condition then list else [ ];
  optionalAttrs = condition: set: if condition then set else { };
  optionalString = condition: text: if condition then text else "";
  flatten = flat;
  id = x: x;
  const = a: b: a;
  flip = f: a: b: f b a;
  pipe = value: functions: builtins.foldl' (x: f: f x) value functions;
  max = a: b: if a > b then a else b;
  toInt = builtins.fromJSON;
  concatStrings = builtins.concatStringsSep "";
  concatMapStringsSep = separator: f: list: builtins.concatStringsSep separator (map f list);
  last = list: elemAt list (length list - 1);
  reverseList = list: genList (n: elemAt list (length list - n - 1)) (length list);
  take = n: list: genList (elemAt list) (min n (length list));
  singleton = x: [ x ];
  unique = foldl (seen: x: if builtins.elem x seen then seen else seen ++ [ x ]) [ ];
}
