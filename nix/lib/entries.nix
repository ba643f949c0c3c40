# The entries of a registry, with everything that is known of them, and what is wrong.
let
  words = import ./words.nix;
  leaves = import ./leaves.nix;
  services = import ./services.nix;
  interpret = import ./interpret.nix;
  inherit (import ./references.nix) references meaning;
  inherit (import ./addresses.nix) host addresses;
  inherit (import ./leaf-attributes.nix) transports;
  inherit (builtins)
    elem
    elemAt
    filter
    genList
    groupBy
    head
    length
    ;

  withPort =
    text: parts:
    if parts != [ ] && words.last parts == "port" then text else "${text}_PORT";

  # `stated` has the attributes of the leaf, `known` those of the exported metadata, or null.
  entry =
    known: at: draft:
    let
      inherit (draft) name stated;
      inherit (name) path parts;
      inherit (draft.read) from to;
      inName = filter (one: elem one parts) transports;
      onPort = services.protocolsOn path draft.read;
      protocols =
        if known != null then
          known.protocols
        else if stated.protocols != [ ] then
          stated.protocols
        else if length parts > 1 && inName != [ ] then
          inName
        else if onPort != [ ] then
          onPort
        else
          [ "tcp" ];
      effective = if known == null then stated else known;
    in
    {
      inherit (name) name;
      inherit path from to protocols;
      category = if length path > 1 then head path else "";
      service = name.key;
      port = if from == to then from else null;
      ports = if from == to then toString from else "${toString from}-${toString to}";
      inherit (effective)
        host
        address
        description
        internal
        ;
      openFirewall = stated.openFirewall && !effective.internal;
      scheme = if stated.scheme != null then stated.scheme else services.schemeOn path draft.read;
      variables = {
        long = withPort name.variable parts;
        short = withPort (words.upper (builtins.concatStringsSep "_" parts)) parts;
      };
    };

  # Entries as `problems.nix` compares them.
  compared =
    drafts: known: entries:
    let
      same = groupBy (entry: entry.ports) entries;
      number = builtins.listToAttrs (
        genList (at: {
          inherit (elemAt entries at) name;
          value = at;
        }) (length entries)
      );
      referred = references (map (draft: draft.at) drafts);
      # Where the number of an entry stands, as an attribute path.
      way =
        entry:
        let
          key = (elemAt drafts number.${entry.name}).at.key or entry.service;
        in
        if key == entry.service then entry.path else entry.path ++ [ key ];
      # Where the number of an entry comes from: two names may stand for one, on purpose.
      origin =
        depth: entry:
        let
          reference = elemAt referred number.${entry.name};
          targets = filter (one: one.name != entry.name) same.${entry.ports};
          meant = meaning reference (way entry) (
            map (one: {
              inherit one;
              way = way one;
            }) targets
          );
        in
        if known != null then
          known.${entry.name}.same_as or entry.name
        else if entry.port == null || depth > 8 || reference == null then
          entry.name
        else if meant == null then
          "= ${reference}"
        else
          origin (depth + 1) meant.one;
    in
    genList (
      at:
      let
        entry = elemAt entries at;
        inherit ((elemAt drafts at).name) squeezed variable;
      in
      entry
      // {
        inherit at squeezed variable;
        onHost = if entry.host == null then "" else host entry.host;
        onAddresses = addresses entry.address;
        origin = origin 0 entry;
      }
    ) (length entries);
in
{
  # `metaOf` gives the metadata of entries by name, or null.
  read =
    metaOf: set:
    let
      made = interpret.read set;
      drafts = filter (one: !(one ? flaw)) made.found;
      bare = genList (at: entry null at (elemAt drafts at)) (length drafts);
      known = metaOf bare;
      entries =
        if known == null then
          bare
        else
          genList (at: entry known.${(elemAt bare at).name} at (elemAt drafts at)) (length drafts);
      flaws = map (one: {
        inherit (one) flaw;
      text = leaves.shortened one.text;
        inherit (one.name) name;
      }) (filter (one: one ? flaw) made.found);
    in
    {
      inherit (made) ports;
      inherit entries;
      problems = (import ./problems.nix).problems (compared drafts known entries) flaws;
    };
}
