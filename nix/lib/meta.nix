# What the program exported of a registry (`port-registry export json`): what its comments say,
# which Nix cannot see. It must be of this very registry.
let
  inherit (builtins)
    attrNames
    concatMap
    fromJSON
    hashFile
    head
    isAttrs
    listToAttrs
    readFile
    ;

  version = 1;
  again = "run `port-registry export json` again";

  byName =
    entries:
    listToAttrs (
      map (entry: {
        inherit (entry) name;
        value = entry;
      }) entries
    );
in
{
  # Where in its file the registry was, for those who do not say.
  attribute = meta: (if isAttrs meta then meta else fromJSON (readFile meta)).attribute or [ ];

  # `path` is the registry's file, null where it is a set; `entries` are those that Nix reads.
  said =
    {
      meta,
      path,
      entries,
    }:
    let
      shown = if isAttrs meta then "its metadata" else toString meta;
      document = if isAttrs meta then meta else fromJSON (readFile meta);
      known = byName document.entries;
      here = byName entries;
      strange = concatMap (
        name: if here ? ${name} then [ ] else [ "${name} is not in the registry" ]
      ) (attrNames known);
      changed = concatMap (
        entry:
        let
          other = known.${entry.name};
          range = "${toString other.port}-${toString other.port_end}";
          old = if other.port == other.port_end then toString other.port else range;
        in
        if !(known ? ${entry.name}) then
          [ "${entry.name} is not in it" ]
        else if other.port != entry.from || other.port_end != entry.to then
          [ "${entry.name} was ${old} and is ${entry.ports}" ]
        else
          [ ]
      ) entries;
      differences = changed ++ strange;
      first = if differences == [ ] then "" else ": ${head differences}";
    in
    if !isAttrs document || document.version or null != version then
      throw (
        "port-registry: ${shown} is not what this version of `port-registry export json` writes; "
        + again
      )
    else if differences != [ ] || (path != null && hashFile "sha256" path != document.sha256) then
      throw "port-registry: ${shown} is older than the registry${
        if path == null then "" else " ${toString path}"
      }${first}; ${again}"
    else
      known;
}
