# Whether two endpoints can be listened on side by side, and how one is reached and written.
#
# An endpoint is a set with `from`, `to` and `protocols`, and perhaps `host` and `address`,
# null where any will do.
let
  inherit (import ./lib/addresses.nix) host addresses;

  meet = one: other: builtins.any (value: builtins.elem value other) one;
  hostOf = endpoint: host (endpoint.host or null);
  addressesOf = endpoint: addresses (endpoint.address or null);
in
{
  clash =
    one: other:
    let
      hosts = [
        (hostOf one)
        (hostOf other)
      ];
      mine = addressesOf one;
      theirs = addressesOf other;
    in
    one.from <= other.to
    && other.from <= one.to
    && meet one.protocols other.protocols
    && (builtins.elem "" hosts || hostOf one == hostOf other)
    && (mine == [ ] || theirs == [ ] || meet mine theirs);

  # The address at which a listener is reached from its own machine.
  reach =
    endpoint:
    let
      found = addressesOf endpoint;
    in
    if found == [ ] || endpoint.address == "localhost" then
      "127.0.0.1"
    else
      builtins.replaceStrings [ "[" "]" " " ] [ "" "" "" ] endpoint.address;

  show =
    endpoint:
    if endpoint.from == endpoint.to then
      toString endpoint.from
    else
      "${toString endpoint.from}-${toString endpoint.to}";
}
