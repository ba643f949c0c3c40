# An assertion over the ports of all services that are enabled, whether or not the registry
# knows them: two that would listen on one endpoint fail the build, not the second's start.
{
  config,
  lib,
  options,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.port-registry;
  endpoints = import ../endpoints.nix;
  listeners = import ./listeners.nix {
    inherit config lib options;
    facts = import ../facts.nix;
  };

  looked = builtins.filter (one: !builtins.elem one.service cfg.ignoredServices) listeners;
  byPort = builtins.groupBy (one: toString one.endpoint.from) looked;

  clashes = builtins.concatMap (
    group:
    builtins.concatMap (
      at:
      let
        one = builtins.elemAt group at;
        other = lib.findFirst (
          other: one.service != other.service && endpoints.clash one.endpoint other.endpoint
        ) null (lib.drop (at + 1) group);
      in
      lib.optional (other != null) { inherit one other; }
    ) (builtins.genList (at: at) (builtins.length group))
  ) (builtins.attrValues byPort);

  value = one: toString one.endpoint.from;
  source =
    one:
    if one.files == [ ] then
      "its default"
    else
      "set in ${lib.concatStringsSep " and " one.files}";
  line =
    one:
    if one.option == "" then
      "\n  ${one.service} always listens on ${value one}"
    else
      "\n  ${one.option} is ${value one}, ${source one}";

  # How the option is made to refer to the registry.
  reference =
    one:
    let
      port = "config.port-registry.ports.<category>.<name>";
    in
    {
      inherit port;
      list = "[ ${port} ]";
      text = "\"<address>:\${toString ${port}}\"";
    }
    .${one.shape};

  # A default is the easier one to change.
  movable = { one, other }: if other.files != [ ] && one.files == [ ] then one else other;

  message =
    { one, other }@clash:
    let
      where = lib.optionalString (cfg.host != null) " on ${cfg.host}";
      byDefault = lib.optionalString (one.files == [ ] && other.files == [ ]) " by default";
      moved = movable clash;
    in
    "${one.service} and ${other.service} both listen on ${value one}${byDefault}${where}:"
    + "${line one}${line other}\n"
    + (
      if moved.option == "" then
        "Disable one of them.\n"
      else
        "Give one of them another port, such as an entry of the registry:\n"
        + "  ${moved.option} = ${reference moved};\n"
    )
    + "If they are kept apart in a way that no option shows:\n"
    + "  port-registry.ignoredServices = [ \"${moved.service}\" ];";
in
{
  options.port-registry.ignoredServices = mkOption {
    type = types.listOf types.str;
    default = [ ];
    example = [ "services.filebrowser" ];
    description = ''
      Services whose ports are not compared with those of others, for example because they
      run in a network of their own.
    '';
  };

  config.assertions = map (clash: {
    assertion = false;
    message = message clash;
  }) clashes;
}
