# The lists of words that the program reads, by topic and name: `registry.counts`. How they are
# written is told in the README next to them.
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    filter
    head
    isString
    listToAttrs
    match
    readDir
    readFile
    split
    stringLength
    substring
    tail
    ;

  folder = ../../src/port_registry/facts/data/words;
  pieces = sign: text: filter (one: isString one && one != "") (split sign text);

  # A list as it is written: comments, its name with a colon, and its words.
  written =
    paragraph:
    let
      lines = filter (line: substring 0 1 line != "#") (pieces "\n" paragraph);
      parts = pieces " +" (concatStringsSep " " lines);
      title = head parts;
    in
    if parts == [ ] then
      [ ]
    else
      [
        {
          name = substring 0 (stringLength title - 1) title;
          words = tail parts;
        }
      ];

  # The words of `@name` are those of another list of the topic, of `@topic/name` those of one
  # of another topic.
  included =
    topic: word:
    let
      parts = match "@(([^/]+)/)?(.+)" word;
      other = builtins.elemAt parts 1;
    in
    if substring 0 1 word != "@" then
      [ word ]
    else
      topics.${if other == null then topic else other}.${builtins.elemAt parts 2};

  read =
    topic:
    listToAttrs (
      map (list: {
        inherit (list) name;
        value = concatMap (included topic) list.words;
      }) (concatMap written (pieces "\n\n" (readFile (folder + "/${topic}.txt"))))
    );

  topics = listToAttrs (
    map (
      file:
      let
        topic = head (match "(.*)[.]txt" file);
      in
      {
        name = topic;
        value = read topic;
      }
    ) (attrNames (readDir folder))
  );
in
topics
