# Names as people write them: taken apart into words, and shown as the program shows them.
let
  lists = import ./word-lists.nix;
  inherit (builtins)
    concatMap
    concatStringsSep
    elemAt
    filter
    genList
    isString
    length
    listToAttrs
    match
    replaceStrings
    split
    stringLength
    substring
    ;

  letters = text: genList (at: substring at 1 text) (stringLength text);
  uppers = letters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  lowers = letters "abcdefghijklmnopqrstuvwxyz";
  setOf =
    keys:
    listToAttrs (
      map (name: {
        inherit name;
        value = true;
      }) keys
    );
  isLower = setOf lowers;

  lower = replaceStrings uppers lowers;
  upper = replaceStrings lowers uppers;

  last = list: elemAt list (length list - 1);

  # A run of capitals and what follows it. Its last capital begins a word of its own where a
  # small letter follows: `HTTPServer`.
  capitals =
    run: rest:
    let
      front = stringLength run - 1;
    in
    if front > 0 && isLower ? ${substring 0 1 rest} then
      [
        (substring 0 front run)
        (substring front 1 run + rest)
      ]
    else
      [ (run + rest) ];

  segment =
    text:
    let
      pieces = split "([A-Z]+)" text;
    in
    concatMap (
      at:
      let
        piece = elemAt pieces at;
      in
      if isString piece then
        (if at == 0 && piece != "" then [ piece ] else [ ])
      else
        capitals (elemAt piece 0) (elemAt pieces (at + 1))
    ) (genList (at: at) (length pieces));

  # The words of a name in lower case: `temporal` and `ui` of `temporalUI`.
  words =
    text:
    if match "[a-z0-9]+" text != null then
      [ text ]
    else
      map lower (
        concatMap segment (
          filter (one: isString one && one != "") (split "[[:cntrl:] -/:-@[-`{-~]+" text)
        )
      );

  keywords = setOf [
    "assert"
    "else"
    "if"
    "in"
    "inherit"
    "let"
    "or"
    "rec"
    "then"
    "with"
  ];
  # Quoted where Nix would want quotes.
  showPart =
    part:
    if match "[A-Za-z_][A-Za-z0-9_'-]*" part != null && !(keywords ? ${part}) then
      part
    else
      "\"${part}\"";

  # What is called `layer` or `schemaVersion` counts something and is no port.
  inherit (lists.registry) counts;
  isCountWord = setOf counts;
  # The last two letters of those, so that most names need no taking apart.
  isCountEnd = setOf (map (word: substring (stringLength word - 2) 2 word) counts);
  # Words that end the names of services too, as in `pocket-id`.
  alsoNames = setOf lists.registry.counts-and-names;
  leastUnnamed = 1024;
  isAlnum = setOf (uppers ++ lowers ++ letters "0123456789");

  # `number` is the integer, or null where it is none.
  isCount =
    key: number:
    let
      size = stringLength key;
      end = substring (size - 2) 2 key;
      parts = words key;
      word = last parts;
      mayBeService = length parts > 1 && alsoNames ? ${word};
    in
    (size < 2 || isCountEnd ? ${lower end} || !(isAlnum ? ${substring (size - 1) 1 key}))
    && parts != [ ]
    && isCountWord ? ${word}
    && (!mayBeService || number == null || number < leastUnnamed);

  saysPort =
    key:
    let
      parts = words key;
    in
    parts != [ ] && last parts == "port";

  asides = setOf lists.registry.metadata;
  beginAside = setOf (
    [ "_" ]
    ++ concatMap (
      word:
      let
        letter = substring 0 1 word;
      in
      [
        letter
        (upper letter)
      ]
    ) lists.registry.metadata
  );
  # Attributes that are about the registry and hold no entries.
  isAside =
    key:
    beginAside ? ${substring 0 1 key}
    && key != "type"
    && asides ? ${elemAt (match "_*(.*)" (lower key)) 0};

  ranges = map (ends: filter isString (split "/" ends)) lists.registry.range-ends;
  capitalized = text: upper (substring 0 1 text) + substring 1 (-1) text;
  bounds = ranges ++ map (map capitalized) ranges;

  beginnings = map (ends: elemAt ends 0) ranges;
  # The last letters of `from`, `start`, `min` and `fromPort`.
  beginsEnd = setOf (map (start: substring (stringLength start - 1) 1 start) beginnings);
  beginning =
    ".*([-_](${concatStringsSep "|" beginnings})"
    + "|${concatStringsSep "|" (map capitalized beginnings)})";
  mayBeginRange =
    key:
    let
      size = stringLength key;
    in
    size > 3 && beginsEnd ? ${substring (size - 1) 1 key} && match beginning key != null;

  endsWith =
    end: text:
    let
      from = stringLength text - stringLength end;
    in
    from >= 0 && substring from (-1) text == end;

  # The stem of `media-start`, `media_start` or `mediaStart`, and what joins it to its end.
  stemOf =
    key: end:
    let
      front = stringLength key - stringLength end;
    in
    if endsWith (capitalized end) key then
      {
        stem = substring 0 front key;
        joint = "";
      }
    else if endsWith "-${end}" key || endsWith "_${end}" key then
      {
        stem = substring 0 (front - 1) key;
        joint = substring (front - 1) 1 key;
      }
    else
      {
        stem = "";
        joint = "";
      };

  trim =
    text:
    concatStringsSep " " (filter (one: isString one && one != "") (split "[[:space:]]+" text));
in
{
  inherit
    bounds
    capitalized
    isAside
    isCount
    last
    leastUnnamed
    lower
    mayBeginRange
    ranges
    saysPort
    setOf
    showPart
    stemOf
    trim
    upper
    words
    ;
}
