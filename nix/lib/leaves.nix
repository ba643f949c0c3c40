# What single leaves mean: ports and ranges, or why they are none.
#
# A reading is one of
#   { from; to; }      ports,
#   { flaw; text; }    a leaf that is no port, and how it is written,
#   null               a leaf that does not look like a port at all.
let
  inherit (builtins)
    elemAt
    fromJSON
    isInt
    isString
    match
    stringLength
    substring
    toJSON
    typeOf
    ;

  most = 65535;

  # Digits as a number; of many digits, as one that no port is.
  numberOf =
    digits:
    let
      parts = match "(-?)0*([0-9]*)" digits;
      sign = elemAt parts 0;
      rest = elemAt parts 1;
    in
    if rest == "" then
      0
    else if stringLength rest > 15 then
      (if sign == "" then most + 1 else -most - 1)
    else
      fromJSON "${sign}${rest}";

  mostShown = 40;
  shortened =
    text:
    if stringLength text <= mostShown then text else "${substring 0 (mostShown - 1) text}…";

  # A value as it is written.
  show =
    value:
    let
      kind = typeOf value;
    in
    if kind == "int" || kind == "bool" || kind == "string" || kind == "float" then
      toJSON value
    else if kind == "list" then
      "[ ${builtins.concatStringsSep " " (map show value)} ]"
    else if kind == "path" then
      toString value
    else if kind == "set" then
      "{ … }"
    else
      kind;

  outside = end: {
    flaw = if end.number == 0 then "zero" else "out-of-bounds";
    inherit (end) text;
  };
  isIn = end: end.number >= 1 && end.number <= most;

  one =
    end:
    if isIn end then
      {
        from = end.number;
        to = end.number;
      }
    else
      outside end;

  both =
    first: final: text:
    if !isIn first then
      outside first
    else if !isIn final then
      outside final
    else if final.number < first.number then
      {
        flaw = "reversed";
        inherit text;
      }
    else
      {
        from = first.number;
        to = final.number;
      };

  endOf =
    value:
    if isInt value then
      {
        number = value;
        text = toString value;
      }
    else if isString value && match "[0-9]+" value != null then
      {
        number = numberOf value;
        text = value;
      }
    else
      notAPort value;

  notAPort = value: {
    flaw = "not-a-port";
    text = show value;
  };

  texts =
    value:
    let
      parts = match "([0-9]+) *- *([0-9]+)" value;
    in
    if parts != null then
      both (endOf (elemAt parts 0)) (endOf (elemAt parts 1)) value
    else if match "-?[0-9]+" value != null then
      one {
        number = numberOf value;
        text = value;
      }
    else
      null;

  # An integer, digits or `49000-49099` in a string.
  readLeaf =
    value:
    if isInt value then
      one {
        number = value;
        text = toString value;
      }
    else if isString value then
      texts value
    else
      null;

  ends =
    first: final: made:
    let
      start = endOf first;
      stop = endOf final;
    in
    if start ? flaw then
      start
    else if stop ? flaw then
      stop
    else
      made start stop;
in
{
  inherit readLeaf notAPort shortened;

  # The range between two leaves.
  readEnds =
    first: final:
    ends first final (start: stop: both start stop "${start.text}-${stop.text}");

  # The range of `count` ports from `first` on.
  readCount =
    first: count:
    ends first count (
      start: many:
      if many.number < 1 then
        {
          flaw = "reversed";
          inherit (many) text;
        }
      else
        both start {
          number = start.number + many.number - 1;
          inherit (many) text;
        } start.text
    );

  # Whether a value can be an end of a range.
  isEnd = value: isInt value || (isString value && texts value != null);
}
