# What users take from entries: by port, for the firewall, as environment variables, as URLs.
let
  words = import ./words.nix;
  inherit (import ./addresses.nix) host addresses;
  inherit (builtins)
    all
    attrValues
    concatMap
    concatStringsSep
    elem
    filter
    foldl'
    groupBy
    head
    isList
    listToAttrs
    match
    ;

  unique = foldl' (kept: one: if elem one kept then kept else kept ++ [ one ]) [ ];

  firewallOf =
    entries:
    let
      asking = filter (entry: entry.openFirewall) entries;
      of = protocol: filter (entry: elem protocol entry.protocols) asking;
      isRange = entry: entry.from != entry.to;
      single =
        protocol: unique (map (entry: entry.from) (filter (entry: !isRange entry) (of protocol)));
      ranges =
        protocol:
        unique (map (entry: { inherit (entry) from to; }) (filter isRange (of protocol)));
    in
    {
      allowedTCPPorts = single "tcp";
      allowedUDPPorts = single "udp";
      allowedTCPPortRanges = ranges "tcp";
      allowedUDPPortRanges = ranges "udp";
    };

  # The entry's whole name, and its last part where that means one port only. Where two would
  # give one variable different numbers, neither does.
  envOf =
    entries:
    let
      # `PORT` alone is no entry's: programs take it for their own.
      isVariable = text: text != "PORT" && match "[A-Z_][A-Z0-9_]*" text != null;
      end = name: port: {
        inherit name;
        value = toString port;
      };
      pairs =
        form:
        concatMap (
          entry:
          let
            name = entry.variables.${form};
          in
          if !(isVariable name) then
            [ ]
          else if entry.port != null then
            [ (end name entry.port) ]
          else
            [
              (end "${name}_START" entry.from)
              (end "${name}_END" entry.to)
            ]
        ) entries;
      agreed =
        pairs:
        concatMap (
          group: if all (one: one.value == (head group).value) group then [ (head group) ] else [ ]
        ) (attrValues (groupBy (one: one.name) pairs));
      long = pairs "long";
      taken = groupBy (one: one.name) long;
      short = filter (one: !(taken ? ${one.name})) (agreed (pairs "short"));
    in
    listToAttrs (agreed long ++ short);

  # Where an entry is reached from: the address that it binds, else its host, else here.
  reach =
    entry:
    let
      found = addresses entry.address;
      address = words.trim entry.address;
      isBare = match ".*:.*" address != null && match "[[].*" address == null;
    in
    if found != [ ] then
      (if isBare then "[${address}]" else address)
    else if entry.host != null then
      entry.host
    else
      "localhost";

  view =
    entries:
    let
      named = listToAttrs (
        map (entry: {
          inherit (entry) name;
          value = entry;
        }) entries
      );
      near = name: filter (entry: entry.service == words.last (builtins.split "[.]" name)) entries;
      suggestion =
        name:
        let
          found = near name;
        in
        if found == [ ] then "" else "; did you mean ${(head found).name}?";
      entry =
        given:
        let
          name = if isList given then concatStringsSep "." (map words.showPart given) else given;
        in
        named.${name} or (throw "port-registry: there is no entry ${name}${suggestion name}");
      single =
        name:
        let
          found = entry name;
        in
        if found.port == null then
          throw "port-registry: ${found.name} is the range ${found.ports}, no single endpoint"
        else
          found;
      endpoint = name: "${reach (single name)}:${toString (single name).port}";
    in
    {
      inherit entries entry endpoint;
      byPort = groupBy (one: one.ports) entries;
      firewall = firewallOf entries;
      env = envOf entries;
      # Only where its scheme is known: it is not guessed.
      url =
        name:
        let
          inherit (single name) scheme;
        in
        if scheme == null then
          throw (
            "port-registry: the scheme of ${(entry name).name} is not known; "
            + "say `scheme = \"http\";` in its leaf"
          )
        else
          "${scheme}://${endpoint name}";
    };
in
{
  # `entries` as all views of them; `forHost` those that are on a host or name none.
  views =
    entries:
    view entries
    // {
      forHost =
        name: view (filter (entry: entry.host == null || host entry.host == host name) entries);
    };
}
