# Hosts and addresses in the form in which spellings of one are the same.
let
  words = import ./words.nix;
  inherit (builtins)
    all
    concatStringsSep
    elemAt
    filter
    fromJSON
    genList
    isString
    length
    match
    split
    stringLength
    ;

  pieces = sign: text: filter isString (split sign text);

  # The two groups that an IPv4 address fills at the end of an IPv6 one; null where it is none.
  quad =
    text:
    let
      parts = pieces "[.]" text;
      isByte = part: match "0|[1-9][0-9]?[0-9]?" part != null && fromJSON part <= 255;
      byte = at: fromJSON (elemAt parts at);
    in
    if length parts == 4 && all isByte parts then
      [
        (byte 0 * 256 + byte 1)
        (byte 2 * 256 + byte 3)
      ]
    else
      null;

  digits = {
    a = 10;
    b = 11;
    c = 12;
    d = 13;
    e = 14;
    f = 15;
  };
  hex =
    text:
    builtins.foldl' (
      sum: sign:
      sum * 16 + (digits.${sign} or (fromJSON sign))
    ) 0 (genList (at: builtins.substring at 1 text) (stringLength text));

  # The groups on one side of `::`; null where they are none.
  groups =
    text:
    let
      parts = if text == "" then [ ] else pieces ":" text;
      last = words.last parts;
      four = quad last;
      isDotted = match ".*[.].*" last != null;
      isGroup = part: match "[0-9a-f]{1,4}" part != null;
      front = if isDotted then genList (elemAt parts) (length parts - 1) else parts;
    in
    if parts == [ ] then
      [ ]
    else if !(all isGroup front) || (isDotted && four == null) then
      null
    else
      map hex front ++ (if isDotted then four else [ ]);

  # The eight groups of an IPv6 address; null where it is none.
  parsed =
    text:
    let
      sides = pieces "::" text;
      high = groups (elemAt sides 0);
      low = groups (elemAt sides 1);
      isShort = length sides == 2;
      isDottedHigh = isShort && match ".*[.].*" (elemAt sides 0) != null;
    in
    if length sides > 2 || isDottedHigh || high == null then
      null
    else if !isShort then
      (if length high == 8 then high else null)
    else if low == null || length high + length low > 7 then
      null
    else
      high ++ genList (_: 0) (8 - length high - length low) ++ low;

  ipv6 =
    text:
    let
      parts = match "([^%]*)(%[^%]+)?" text;
      found = if parts == null then null else parsed (elemAt parts 0);
      scope = elemAt parts 1;
      byte = number: "${toString (number / 256)}.${toString (number - number / 256 * 256)}";
      isMapped = genList (elemAt found) 6 == [ 0 0 0 0 0 65535 ];
    in
    if found == null then
      text
    else if isMapped then
      "${byte (elemAt found 6)}.${byte (elemAt found 7)}"
    else
      concatStringsSep ":" (map toString found) + (if scope == null then "" else scope);
in
{
  # Empty for any host.
  host = host: if host == null then "" else elemAt (match "(.*[^.])?[.]*" (words.lower host)) 0;

  # The addresses that a text means; none for the wildcard. An IPv6 wildcard takes IPv4 too.
  addresses =
    address:
    let
      trimmed = words.lower (words.trim address);
      left = elemAt (match "[][]*(.*)" trimmed) 0;
      inner = elemAt (match "(.*[^][])?[][]*" left) 0;
      bare = if inner == null then "" else inner;
    in
    if address == null || match "[0.:*]*" bare != null then
      [ ]
    else if bare == "localhost" then
      [
        "127.0.0.1"
        (ipv6 "::1")
      ]
    else if match ".*:.*" bare != null then
      [ (ipv6 bare) ]
    else
      [ bare ];
}
