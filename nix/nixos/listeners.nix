# Where the enabled services of a configuration listen, as far as their options say.
#
# Nothing of a service is looked at before it is known to be enabled. Options that this nixpkgs
# does not have, or has removed or renamed, are left alone; so is every value that does not
# plainly say a port.
{
  config,
  lib,
  options,
  facts,
}:
let
  placeholder = "<name>";

  # The option that holds `path`, and what of the path lies inside its value.
  optionAt =
    path:
    let
      walk =
        node: rest:
        if lib.isOption node then
          { inherit node rest; }
        else if rest == [ ] || !(builtins.isAttrs node && node ? ${builtins.head rest}) then
          null
        else
          walk node.${builtins.head rest} (builtins.tail rest);
      found = walk options path;
    in
    if found == null || found.node.visible or true == false then null else found;

  # The value at `path`, as `{ value }`; null where nothing is there. A value that cannot be
  # had is null too, but inside.
  valueAt =
    path:
    let
      tried = builtins.tryEval (
        if !lib.hasAttrByPath path config then
          null
        else
          let
            value = lib.getAttrFromPath path config;
          in
          # What a list holds is looked at later, where nothing would catch what it throws.
          builtins.seq (if builtins.isList value then builtins.deepSeq value value else value) {
            inherit value;
          }
      );
    in
    if optionAt path == null then
      null
    else if tried.success then
      tried.value
    else
      { value = null; };

  # All paths that `path` stands for: `<name>` is each name that the configuration gives.
  expand =
    path:
    let
      at = lib.lists.findFirstIndex (part: part == placeholder) null path;
      before = lib.take at path;
      named = valueAt before;
    in
    if at == null then
      [ [ ] ]
    else if named == null || !builtins.isAttrs named.value then
      [ ]
    else
      builtins.concatMap (
        name: map (names: [ name ] ++ names) (expand (before ++ [ name ] ++ lib.drop (at + 1) path))
      ) (builtins.attrNames named.value);

  fill =
    names: path:
    (lib.foldl'
      (
        done: part:
        if part == placeholder && done.names != [ ] then
          {
            names = builtins.tail done.names;
            path = done.path ++ [ (builtins.head done.names) ];
          }
        else
          done // { path = done.path ++ [ part ]; }
      )
      {
        inherit names;
        path = [ ];
      }
      path
    ).path;

  isEnabled =
    path:
    let
      found = valueAt path;
    in
    found != null && (builtins.isAttrs found.value || found.value == true);

  # The files that set the option `path`; none for a default.
  filesOf =
    path:
    let
      found = optionAt path;
      isDefault = found.node.highestPrio >= (lib.mkOptionDefault null).priority;
      setsOption = definition: lib.hasAttrByPath found.rest definition.value;
      tried = builtins.tryEval (
        let
          setting = builtins.filter setsOption found.node.definitionsWithLocations;
          files = if isDefault then [ ] else map (definition: toString definition.file) setting;
        in
        builtins.deepSeq files files
      );
    in
    if found == null || !(tried.success) then [ ] else lib.unique tried.value;

  # An ssh server with whole endpoints does not use its list of ports.
  isElsewhere =
    service: service == "services.openssh" && (config.services.openssh.listenAddresses or [ ]) != [ ];

  values = import ./option-endpoints.nix { inherit lib; };

  # The listeners of one row of facts, for one choice of names.
  listen =
    row: names:
    let
      enable = fill names row.enable;
      option = fill names row.option;
      addressOption = fill names row.addressOption;
      service = lib.showOption (if lib.last enable == "enable" then lib.init enable else enable);
      set = valueAt option;
      endpoints = if set == null then values.default row.port else values.endpointsIn set.value;
      apart = valueAt addressOption;
      addresses =
        if row.addressOption == [ ] || row.addressOption == row.option then
          [ null ]
        else if apart == null then
          [ row.address ]
        else
          values.addresses apart.value;
    in
    lib.optionals
      (isEnabled enable && (option == [ ] || optionAt option != null) && !isElsewhere service)
      (
        builtins.concatMap (
          endpoint:
          map (address: {
            inherit service;
            shape =
              if set == null then
                (if row.option == row.addressOption then "text" else "port")
              else
                values.shape set.value;
            option = if option == [ ] then "" else lib.showOption option;
            files = if set == null then [ ] else filesOf option;
            endpoint = {
              from = endpoint.port;
              to = endpoint.port;
              protocols = [ row.protocol ];
              address =
                if endpoint.address != null then
                  endpoint.address
                else if address == null || address == "" then
                  (if set == null || row.addressOption == [ ] then values.known row.address else null)
                else
                  address;
            };
          }) addresses
        ) endpoints
      );
in
builtins.concatMap (row: builtins.concatMap (listen row) (expand row.enable)) facts
