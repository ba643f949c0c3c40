# Which entries claim a port that another one has.
#
# Two clash when their ports meet, they share a protocol, and both their hosts and their
# addresses overlap. The entries are crossed in the order of their ports, so that the time
# grows with their number and not with its square.
#
# An entry is a set with `at` (its position), `from`, `to`, `protocols`, `onHost` (empty for
# any) and `onAddresses` (none for any); `origin` is one where two names stand for one number
# on purpose.
let
  inherit (builtins)
    any
    attrNames
    concatMap
    elem
    elemAt
    filter
    foldl'
    genericClosure
    groupBy
    head
    length
    seq
    sort
    ;

  # Those that meet another one at all. In a registry in order they are few.
  touching =
    entries:
    let
      # Of equal ones, the sort keeps the order.
      sorted = sort (one: other: one.from < other.from) entries;
      count = length sorted;
      farthest = one: other: if one > other then one else other;
      step =
        key: reached:
        let
          entry = elemAt sorted key;
        in
        seq reached {
          inherit key entry;
          reached = farthest reached entry.to;
          meets =
            entry.from <= reached
            || (key + 1 < count && (elemAt sorted (key + 1)).from <= entry.to);
        };
      steps = genericClosure {
        startSet = if count == 0 then [ ] else [ (step 0 0) ];
        operator = one: if one.key + 1 < count then [ (step (one.key + 1) one.reached) ] else [ ];
      };
    in
    map (one: one.entry) (filter (one: one.meets) steps);

  # Where an entry looks for those before it, and where those after it find it. A text that
  # begins with `=` is a host or an address, `=` alone one that is not said, `*` all there are.
  across =
    entry: hosts: addresses:
    concatMap (
      protocol: concatMap (host: map (address: "${protocol} ${host} ${address}") addresses) hosts
    ) entry.protocols;
  said = map (address: "=${address}");
  asks =
    entry:
    across entry
      (
        if entry.onHost == "" then
          [ "*" ]
        else
          [
            "=${entry.onHost}"
            "="
          ]
      )
      (if entry.onAddresses == [ ] then [ "*" ] else said entry.onAddresses ++ [ "=" ]);
  stands =
    entry:
    across entry [
      "=${entry.onHost}"
      "*"
    ] (said (if entry.onAddresses == [ ] then [ "" ] else entry.onAddresses) ++ [ "*" ]);

  paired =
    one: other:
    if one.at < other.at then
      {
        first = one;
        later = other;
      }
    else
      {
        first = other;
        later = one;
      };

  # What happens at one place, in order. `held` are the entries that may still be met there:
  # an earlier one that reaches farther hides a later one.
  cross =
    state: event:
    let
      entry = event.entry;
      open = filter (one: one.to >= entry.from) state.held;
      first = head open;
      isHidden = any (one: one.at < entry.at && one.to >= entry.to) open;
      before = filter (one: one.at < entry.at) open;
      after = filter (one: one.at > entry.at && one.to > entry.to) open;
      held = if isHidden then open else before ++ [ entry ] ++ after;
    in
    if event.isQuestion then
      (
        if open == [ ] then
          state
        else
          seq open {
            held = open;
            pairs = state.pairs ++ [ (paired first entry) ];
          }
      )
    else
      seq held {
        inherit held;
        inherit (state) pairs;
      };

  pairsOf =
    entries:
    let
      events = concatMap (
        entry:
        map (place: {
          inherit entry place;
          isQuestion = true;
        }) (asks entry)
        ++ map (place: {
          inherit entry place;
          isQuestion = false;
        }) (stands entry)
      ) (touching entries);
      places = groupBy (event: event.place) events;
      nothing = {
        held = [ ];
        pairs = [ ];
      };
    in
    concatMap (place: (foldl' cross nothing places.${place}).pairs) (attrNames places);

  clash =
    one: other:
    one.from <= other.to
    && other.from <= one.to
    && any (protocol: elem protocol other.protocols) one.protocols
    && (one.onHost == "" || other.onHost == "" || one.onHost == other.onHost)
    && (
      one.onAddresses == [ ]
      || other.onAddresses == [ ]
      || any (address: elem address other.onAddresses) one.onAddresses
    );

  # Of the earlier ones that an entry clashes with, only the first of those that clash with
  # each other counts: three entries on one port are two pairs.
  firstsOf =
    later: firsts:
    foldl' (
      kept: first:
      let
        isRelated = any (known: known.origin == first.origin || clash known first) kept;
        isDouble = first.origin != later.origin && first.name != later.name && clash first later;
      in
      if isDouble && !isRelated then
        kept ++ [ first ]
      else
        kept
    ) [ ] firsts;
in
{
  # Each entry that clashes with earlier ones, paired with them: `{ first; later; }`.
  doubles =
    entries:
    let
      byLater = groupBy (pair: toString pair.later.at) (pairsOf entries);
      unique =
        pairs:
        map (at: (head at).first) (
          builtins.attrValues (groupBy (pair: toString pair.first.at) pairs)
        );
      laters = sort (one: other: one.at < other.at) (
        map (key: (head byLater.${key}).later) (attrNames byLater)
      );
      take =
        state: later:
        let
          firsts = sort (one: other: one.at < other.at) (unique byLater.${toString later.at});
          kept = firstsOf later firsts;
        in
        if state.paired ? ${later.origin} || kept == [ ] then
          state
        else
          {
            paired = state.paired // {
              ${later.origin} = true;
            };
            pairs = state.pairs ++ map (first: { inherit first later; }) kept;
          };
    in
    (foldl' take {
      paired = { };
      pairs = [ ];
    } laters).pairs;
}
