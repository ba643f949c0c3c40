# What is known of the NixOS services that take a port when they are enabled: the rows of the
# program's own table, read where it stands, so that there is no copy to fall behind.
let
  lines = text: builtins.filter builtins.isString (builtins.split "\n" text);
  cells = line: builtins.filter builtins.isString (builtins.split "\t" line);

  # `services.redis.servers."".port`; text in quotes is one part, even an empty one.
  path =
    text:
    if text == "" then
      [ ]
    else
      builtins.concatMap (
        piece:
        if builtins.isList piece then
          [ (builtins.head piece) ]
        else
          builtins.filter (part: builtins.isString part && part != "") (builtins.split "[.]" piece)
      ) (builtins.split "\"([^\"]*)\"" text);

  table = lines (builtins.readFile ../src/port_registry/facts/data/nixos_defaults.tsv);
  columns = cells (builtins.head table);

  row =
    line:
    let
      values = cells line;
      named = builtins.listToAttrs (
        builtins.genList (at: {
          name = builtins.elemAt columns at;
          value = builtins.elemAt values at;
        }) (builtins.length columns)
      );
    in
    {
      enable = path named.enable;
      option = path named.option;
      port = builtins.fromJSON named.port;
      inherit (named) protocol address;
      addressOption = path named.address_option;
    };

  # A service that is given a redis of its own names its port too, and may as well be told to
  # use one that runs already: such an option does not say who listens.
  isOthers =
    row:
    !builtins.elem "redis" row.enable
    && builtins.any (part: part == "redis" || part == "redisPort") row.option;
in
builtins.filter (row: !isOthers row) (
  map row (
    builtins.filter (
      line:
      builtins.match "nixos\t.*" line != null && builtins.match ".*\talways\t.*" line != null
    ) table
  )
)
