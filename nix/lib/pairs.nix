# Two attributes of a set that together are one range: `x-start` and `x-end`.
let
  words = import ./words.nix;
  leaves = import ./leaves.nix;
  inherit (import ./tree.nix) node;
  inherit (builtins)
    all
    attrNames
    concatMap
    filter
    foldl'
    head
    listToAttrs
    ;

  # The pairs such as `x-start` and `x-end`: by the first one's name, the stem and the other.
  pairsOf =
    set:
    let
      ofKey =
        key: found: pair:
        let
          cut = words.stemOf key (head pair);
          end = words.last pair;
          ending = if cut.joint == "" then words.capitalized end else end;
          other = "${cut.stem}${cut.joint}${ending}";
        in
        if
          cut.stem != ""
          && !(set ? ${cut.stem})
          && set ? ${other}
          && leaves.isEnd (node set.${key})
          && leaves.isEnd (node set.${other})
        then
          {
            inherit (cut) stem;
            inherit other;
          }
        else
          found;
      candidates = filter words.mayBeginRange (attrNames set);
      made = map (key: {
        name = key;
        value = foldl' (ofKey key) null words.ranges;
      }) candidates;
    in
    listToAttrs (filter (one: one.value != null) made);

  # The two ends of a range at a registry's top are settings of what hands out ports.
  boundsOf =
    set:
    words.setOf (
      concatMap (pair: if all (end: set ? ${end}) pair then pair else [ ]) words.bounds
    );
in
{
  inherit boundsOf pairsOf;
}
