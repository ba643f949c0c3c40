# Processes of process-compose, filled in from a registry: builtins alone, so that it serves a
# plain flake, flake-parts and process-compose-flake alike.
#
#   process "databases.redis" { command = port: "redis-server --port ${toString port}"; }
#
# gives the process its command, `PORT` in its environment, and a readiness probe fit for the
# entry. `processes (process: { … })` is a whole stack, and refuses two processes on one
# endpoint.
{
  # What `load` gives.
  registry,
  # The command that succeeds where something accepts TCP connections.
  connect ? address: port: "nc -z ${address} ${toString port}",
}:
let
  endpoints = import ./endpoints.nix;

  # What a command is given for an entry: its port, or both ends of a range.
  portOf = entry: if entry.port != null then entry.port else { inherit (entry) from to; };

  toList = value: if builtins.isList value then value else [ value ];

  # Give a function the port of each entry in turn; leave anything else as it is.
  given =
    value: entries:
    if entries == [ ] || !builtins.isFunction value then
      value
    else
      given (value (portOf (builtins.head entries))) (builtins.tail entries);

  merge =
    below: above:
    below
    // builtins.mapAttrs (
      name: value:
      if builtins.isAttrs value && builtins.isAttrs (below.${name} or null) then
        merge below.${name} value
      else
        value
    ) above;

  # A list of `NAME=value`, which is all that process-compose itself takes. `PORT` is the first
  # entry's, unless the process says otherwise.
  environmentOf =
    entry: attrs:
    let
      own =
        if attrs == null then
          [ ]
        else if builtins.isList attrs then
          attrs
        else
          map (name: "${name}=${toString attrs.${name}}") (builtins.attrNames attrs);
      saysPort = builtins.any (variable: builtins.match "PORT=.*" variable != null) own;
    in
    (if saysPort then [ ] else [ "PORT=${toString entry.from}" ]) ++ own;

  probeOf =
    entry:
    let
      address = endpoints.reach entry;
      inherit (entry) scheme;
      inHttp = if builtins.match ".*:.*" address != null then "[${address}]" else address;
    in
    if !builtins.elem "tcp" entry.protocols then
      null
    else if scheme == "http" || scheme == "https" then
      {
        http_get = {
          host = inHttp;
          inherit scheme;
          port = entry.from;
          path = "/";
        };
      }
    else
      { exec.command = connect address entry.from; };

  # The attributes of the process's own probe win over those that its entry implies.
  readinessOf =
    entry: attrs:
    let
      fit = probeOf entry;
      asks = kind: builtins.isAttrs attrs && attrs ? ${kind};
      kept =
        if fit == null || asks "exec" && !(fit ? exec) || asks "http_get" && !(fit ? http_get) then
          { }
        else
          fit;
    in
    if builtins.isAttrs attrs then merge kept attrs else fit;

  fill =
    entries: attrs:
    let
      first = builtins.head entries;
      readiness = readinessOf first (attrs.readiness_probe or null);
      isSilenced = attrs ? readiness_probe && attrs.readiness_probe == null;
    in
    builtins.removeAttrs attrs [ "readiness_probe" ]
    // (if attrs ? command then { command = given attrs.command entries; } else { })
    // {
      environment = environmentOf first (given (attrs.environment or null) entries);
    }
    // (if readiness == null || isSilenced then { } else { readiness_probe = readiness; });

  process = names: attrs: fill (map registry.entry (toList names)) attrs;

  # In a stack, a process remembers its entries until they have been compared.
  mark = "port-registry";
  marked = names: attrs: process names attrs // { ${mark} = map registry.entry (toList names); };

  # The listeners of a stack: a process and one of its entries.
  listenersOf =
    stack:
    builtins.concatMap (
      name:
      let
        one = stack.${name};
      in
      if one.disabled or null == true then
        [ ]
      else
        map (entry: { inherit name entry one; }) (one.${mark} or [ ])
    ) (builtins.attrNames stack);

  # Whether `one` starts when `other` has ended.
  follows =
    one: other:
    builtins.elem (one.one.depends_on.${other.name}.condition or null) [
      "process_completed"
      "process_completed_successfully"
    ];

  collide =
    one: other:
    endpoints.clash one.entry other.entry && !follows one other && !follows other one;

  problem =
    one: other:
    "${one.name} and ${other.name} both listen on ${endpoints.show other.entry}, ${
      if one.entry.name == other.entry.name then
        one.entry.name
      else
        "${one.entry.name} and ${other.entry.name}"
    } in the registry; give one of them an entry of its own";

  crowd =
    one:
    "all ${toString one.one.replicas} replicas of ${one.name} listen on "
    + "${endpoints.show one.entry}, ${one.entry.name} in the registry; "
    + "let the port depend on PC_REPLICA_NUM";

  later =
    from: list:
    builtins.genList (at: builtins.elemAt list (from + at)) (builtins.length list - from);

  problemsOf =
    stack:
    let
      listeners = listenersOf stack;
      isCrowded = one: (one.one.replicas or null) != null && one.one.replicas > 1;
      crowded = builtins.filter isCrowded listeners;
    in
    map crowd crowded
    ++ builtins.concatMap (
      at:
      let
        one = builtins.elemAt listeners at;
        others = builtins.filter (other: one.name != other.name && collide one other) (
          later (at + 1) listeners
        );
      in
      map (problem one) others
    ) (builtins.genList (at: at) (builtins.length listeners));

  processes =
    describe:
    let
      stack = describe marked;
      problems = problemsOf stack;
    in
    if problems == [ ] then
      builtins.mapAttrs (_: one: builtins.removeAttrs one [ mark ]) stack
    else
      throw "the processes cannot run side by side:${
        builtins.concatStringsSep "" (map (line: "\n  ${line}") problems)
      }";
in
{
  inherit process processes;
}
