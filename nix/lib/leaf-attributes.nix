# The attributes of a structured leaf besides its port.
let
  words = import ./words.nix;
  lists = import ./word-lists.nix;
  inherit (builtins)
    concatMap
    filter
    isBool
    isList
    isString
    match
    split
    ;

  transports = [
    "dccp"
    "sctp"
    "tcp"
    "udp"
  ];
  every = words.setOf lists.registry.tcp-and-udp;

  # `udp`, `tcp/udp`, `both`, or a list of them; sorted.
  protocols =
    value:
    let
      texts = filter isString (if isList value then value else [ value ]);
      named = concatMap (
        text: filter (one: isString one && one != "") (split "[^a-z]+" (words.lower text))
      ) texts;
    in
    if named == [ ] then
      [ ]
    else if every ? ${builtins.head named} then
      [
        "tcp"
        "udp"
      ]
    else
      filter (one: builtins.elem one named) transports;

  # Whether what is called a host is an address of the machine itself.
  isAddress =
    host:
    let
      bare = builtins.elemAt (match "[][]*(.*[^][])?[][]*" host) 0;
    in
    builtins.elem (words.lower host) [
      "localhost"
      "*"
    ]
    || match "[][]*[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+[][]*" host != null
    || (
      bare != null && match "[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*" bare != null
    );

  noAttributes = {
    protocols = [ ];
    internal = false;
    openFirewall = false;
    description = "";
    host = null;
    address = null;
    scheme = null;
  };
in
{
  inherit noAttributes transports;

  attributeNames = words.setOf [
    "protocol"
    "protocols"
    "openFirewall"
    "internal"
    "description"
    "host"
    "address"
  ];

  # `node` returns the value inside `mkDefault` and the like of the module system.
  attributesOf =
    node: leaf:
    let
      value = key: if leaf ? ${key} then node leaf.${key} else null;
      text =
        key:
        let
          found = value key;
        in
        if isString found then words.trim found else "";
      given = key: if text key == "" then null else text key;
      flag = key: isBool (value key) && value key;
      isHostAddress = given "address" == null && given "host" != null && isAddress (text "host");
      named = protocols (value "protocol") ++ protocols (value "protocols");
    in
    {
      protocols = filter (one: builtins.elem one named) transports;
      internal = flag "internal" || (isBool (value "openFirewall") && !value "openFirewall");
      openFirewall = flag "openFirewall";
      description = text "description";
      host = if isHostAddress then null else given "host";
      address = if isHostAddress then given "host" else given "address";
      scheme = given "scheme";
    };
}
