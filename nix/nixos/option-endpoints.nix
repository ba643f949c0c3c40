# The ports and addresses in the value of an option; none where it is not plain.
{ lib }:
let
  isPort = value: value >= 1 && value <= 65535;
  endpoint =
    address: port:
    lib.optional (isPort port) {
      inherit address port;
    };
  number = digits: lib.toIntBase10 digits;
in
rec {
  # The endpoint of a default port, at an unknown address.
  default = endpoint null;

  # An address of the facts: empty means that it is not known, which may be any.
  known = address: if address == "" then null else address;

  # `8080`, `"8080"`, `":8080"`, `"127.0.0.1:8080"`, `"[::]:53"`, or a list of such.
  endpointsIn =
    value:
    let
      alone = builtins.match "[0-9]{1,5}" value;
      pair = builtins.match "([^:/ ]*|\\[[^]]*]):([0-9]{1,5})" value;
    in
    if builtins.isInt value then
      endpoint null value
    else if builtins.isList value then
      builtins.concatMap endpointsIn value
    else if !builtins.isString value then
      [ ]
    else if alone != null then
      endpoint null (number value)
    else if pair != null then
      endpoint (known (builtins.head pair)) (number (lib.last pair))
    else
      [ ];

  # The form of a port in a value: alone, in a list, or in a text with an address.
  shape =
    value:
    if builtins.isList value then
      "list"
    else if builtins.isString value && builtins.match "[0-9]*" value == null then
      "text"
    else
      "port";

  # The addresses in a value; none where it is a socket in the file system.
  addresses =
    value:
    if builtins.isList value then
      builtins.concatMap addresses value
    else if !builtins.isString value then
      [ null ]
    else if builtins.match "(unix:|/|@).*" value != null then
      [ ]
    else
      let
        named = builtins.filter (part: builtins.isString part && part != "") (
          builtins.split "[, ]+" value
        );
      in
      if named == [ ] then [ null ] else named;
}
