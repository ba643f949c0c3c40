# Well-known services: the protocols that an entry uses on the port that its name is known for,
# and the scheme that it speaks. The table is the program's own, read where it stands.
let
  words = import ./words.nix;
  lists = import ./word-lists.nix;
  inherit (builtins)
    any
    concatMap
    concatStringsSep
    elem
    elemAt
    filter
    foldl'
    fromJSON
    genList
    head
    isString
    length
    listToAttrs
    readFile
    replaceStrings
    split
    ;

  pieces = sign: text: filter isString (split sign text);

  # The rows of a table, without the line of columns. As JSON, which is read at once, where a
  # regular expression would take its time.
  rowsOf =
    table:
    filter (row: length row > 1) (
      builtins.tail (
        fromJSON "[[\"${
          replaceStrings
            [
              "\t"
              "\n"
            ]
            [
              "\",\""
              "\"],[\""
            ]
            (readFile table)
        }\"]]"
      )
    );
  rows = rowsOf ../../src/port_registry/facts/data/services.tsv;

  port =
    text:
    let
      fields = pieces "/" text;
    in
    {
      number = elemAt fields 0;
      protocol = elemAt fields 1;
      role = elemAt fields 2;
      scheme = if length fields > 3 then elemAt fields 3 else "";
    };

  services = map (row: {
    name = head row;
    ports = map port (pieces " " (elemAt row 3));
    aliases = if elemAt row 1 == "" then [ ] else pieces "," (elemAt row 1);
  }) rows;

  bare = replaceStrings [ "-" ] [ "" ];
  byName = listToAttrs (
    concatMap (
      value: map (name: { name = bare name; inherit value; }) ([ value.name ] ++ value.aliases)
    ) services
  );

  # The ports on which some service speaks something else than TCP: only there do the facts
  # change an entry's protocols.
  uncommon = words.setOf (
    concatMap (
      service: map (one: one.number) (filter (one: one.protocol != "tcp") service.ports)
    ) services
  );

  # Names of services that people also give to programs of their own.
  ownWords = words.setOf lists.services.common-words;
  fillers = words.setOf lists.services.fillers;

  # The roles that a word in an entry's name may mean, best first.
  roles = listToAttrs (
    map (row: {
      name = head row;
      value = pieces "," (elemAt row 1);
    }) (rowsOf ../../src/port_registry/facts/data/service_roles.tsv)
  );

  trimmed = filter (word: !(fillers ? ${word}));
  first = count: list: genList (elemAt list) count;
  rest = count: list: genList (at: elemAt list (count + at)) (length list - count);
  squeeze = concatStringsSep "";

  # A run of words: a service's name, then words for one of its roles.
  matchWords =
    said:
    let
      parts = trimmed said;
      from =
        end:
        let
          name = squeeze (first end parts);
          shorter = squeeze (first (end - 1) parts);
          found = byName.${name} or null;
          isAlias = end > 1 && byName ? ${shorter} && byName.${shorter}.name == found.name;
        in
        if end == 0 then
          null
        else if found == null || ownWords ? ${name} || isAlias then
          from (end - 1)
        else
          narrowed found (rest end parts);
    in
    from (length parts);

  narrowed =
    service: said:
    let
      role = squeeze said;
      kept = map (wanted: filter (one: one.role == wanted || one.scheme == wanted) service.ports) (
        roles.${role} or [ role ]
      );
      good = filter (ports: ports != [ ]) kept;
    in
    if said == [ ] then
      service
    else if good == [ ] then
      null
    else
      service // { ports = head good; };

  either = one: other: if one != null then one else other;

  # The service that a path surely means, with those of its ports that the path speaks of.
  match =
    path:
    let
      own = words.words (words.last path);
      parent = if length path > 1 then words.words (elemAt path (length path - 2)) else [ ];
    in
    if trimmed own == [ ] then
      matchWords parent
    else
      either (if parent == [ ] then null else matchWords (parent ++ own)) (
        either (
          if elem "exporter" parent || elem "exporters" parent then
            matchWords (own ++ [ "exporter" ])
          else
            null
        ) (matchWords own)
      );

  # The service on `number` that a single word names.
  saidAmong =
    parts: number:
    foldl' (
      found: word:
      let
        service = byName.${word} or null;
      in
      if found != null || ownWords ? ${word} || service == null then
        found
      else if any (one: one.number == number) service.ports then
        service
      else
        null
    ) null parts;

  # The ports of the service of this name that `number` is.
  ownPorts =
    path: number:
    let
      above = first (length path - 1) path;
      parts = trimmed (words.words (words.last path));
      matched = either (match path) (if above == [ ] then null else match above);
      found = either matched (either (byName.${squeeze parts} or null) (saidAmong parts number));
    in
    if found == null then [ ] else filter (one: one.number == number) found.ports;
in
{
  # The protocols of a well-known service on a port of its own; none where it is not one.
  protocolsOn =
    path: ports:
    let
      number = toString ports.from;
      named = map (one: one.protocol) (ownPorts path number);
    in
    if ports.from != ports.to || !(uncommon ? ${number}) then
      [ ]
    else
      filter (one: elem one named) (import ./leaf-attributes.nix).transports;

  # The scheme of what an entry is named for; null where it has none, or is none.
  schemeOn =
    path: ports:
    let
      own = ownPorts path (toString ports.from);
      named = match path;
      schemes = filter (scheme: scheme != "") (
        map (one: one.scheme) (
          if own != [ ] then
            own
          else if named == null then
            [ ]
          else
            [ (head named.ports) ]
        )
      );
    in
    if ports.from != ports.to || schemes == [ ] then null else head schemes;
}
