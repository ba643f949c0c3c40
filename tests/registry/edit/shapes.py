"""Small registries of every supported shape, for random changes."""

_MODULE = """{ lib, ... }:
{
  options.my.ports = {
    redis = lib.mkOption {
      type = lib.types.port;
      default = 6379;
      description = "Redis";
    };
    web.api = lib.mkOption { type = lib.types.port; default = 3000; };
  };
}
"""

_COMMENTED = """{
  # --- Databases ---
  redis = 6379; # the cache
  pg = 5432; # port-registry: allow borrowed-port

  # What people see,
  # and how
  ui = 8080;

  /* mail
     goes out here */
  smtp = 25; sink = 2526; # udp: odd
}
"""

_SELECTING = """let
  ports = {
    web = { api = 3000; ui = 3001; };
    db.pg = 5432;
    next = ports.web.ui + 1;
    url = "http://localhost:${toString ports.web.api}";
  };
in
assert ports.web.api != ports.db.pg;
ports
"""

_MADE = """{ lib }:
let
  shared = { cache = 6379; };
  own = 7;
in
{
  inherit (shared) cache;
  inherit own;
  db = shared // { pg = 5432; };
  gen = builtins.mapAttrs (_: port: port + 1) { a = 9000; };
  list = builtins.listToAttrs [ { name = "x"; value = 9100; } ];
  web = { };
}
"""

SHAPES: dict[str, str] = {
    "plain.nix": "{\n  databases = {\n    redis = 6379;\n    postgresql = 5432; # main\n  };\n\n"
    "  # What we write\n  development = {\n    api = 3000;\n    web = 3001;\n  };\n}\n",
    "dotted.nix": "# all ports\n{\n  databases.redis = 6379;\n  databases.postgresql = 5432;\n"
    "\n  otel.grpc = 4317; # tcp: traces\n}\n",
    "mixed.nix": "{\n  web.api = 3000;\n  web.admin.ui = 3001;\n  db = {\n    main.pg = 5432;\n"
    '    "my cache" = 6379;\n  };\n}\n',
    "flat.nix": "{ redis = 6379; api = 3000; }\n",
    "empty.nix": "{ }\n",
    "commented.nix": _COMMENTED,
    "function.nix": "{ lib, ... }:\n\n{\n  a = {\n    one = 1001;\n  };\n  b = { };\n}\n",
    "let.nix": "let\n  base = 8000;\n  ports = rec {\n    web = {\n      api = base + 1;\n"
    "      ui = 8080;\n    };\n    mail = 2525;\n  };\nin\nports\n",
    "rec.nix": "rec {\n  base = 8000;\n  web = base + 1;\n  admin = web + 1;\n  other = 9000;\n}\n",
    "selecting.nix": _SELECTING,
    "made.nix": _MADE,
    "leaves.nix": '{\n  dns = {\n    port = 53;\n    protocol = "udp";\n  };\n\n'
    '  vpn = {\n    port = 51820;\n    protocol = "udp";\n    description = "the tunnel";\n'
    "  };\n\n  media = {\n    start = 49000;\n    end = 49099;\n  };\n}\n",
    "inline.nix": '{ net = { dns = { port = 53; protocol = "udp"; }; ssh = 22; }; }\n',
    "pairs.nix": "{\n  media-start = 49000;\n  media-end = 49099; # rtp\n  web = 80;\n}\n",
    "strings.nix": '{\n  web = "8080";\n  api = "3000"; # the api\n  rtp = "49000-49099";\n}\n',
    "aligned.nix": "{\n  db = {\n    redis      = 6379;   # cache\n"
    "    pg         = 5432;   # main\n  };\n}\n",
    "module.nix": _MODULE,
    "config.nix": "{ ... }:\n{\n  config.my.ports = {\n    web.api = 3000;\n    db.redis = 6379;\n"
    "  };\n}\n",
    "spelled.nix": "{ lib, ... }:\n{\n  config.my.ports.web.api = lib.mkDefault 3000;\n"
    "  config.my.ports.redis = 6379;\n}\n",
    "crlf.nix": "{\r\n  db = {\r\n    redis = 6379;\r\n  };\r\n}\r\n",
    "merged.nix": "{ a = { x = 1; }; } // { b = { y = 2; }; }\n",
    "shadowed.nix": "{ a = 1; b = 2; c.d = 3; } // {\n  b = 4; # this one\n  e = 5;\n}\n",
    "tabs.nix": "{\n\tdb = {\n\t\tredis = 6379; /* cache */\n\t};\n}",
    "tables.toml": "# ports\n[databases]\nredis = 6379\npostgresql = 5432 # main\n\n[web]\n"
    "api = 3000\n",
    "inline.toml": "ssh = 22\ndb = { redis = 6379, pg = 5432 }\n\n[web]\n",
    "dotted.toml": "db.redis = 6379\ndb.pg = 5432   # main\nweb.api = 3000 # api\n",
    "leaves.toml": '[web.api]\nport = 3000\nprotocol = "tcp"\n\n[web.ui]\nport = 3001\n',
    "tree.json": '{\n  "db": {\n    "redis": 6379,\n    "pg": 5432\n  },\n  "web": {}\n}\n',
    "line.json": '{"db": {"redis": 6379}, "dns": {"port": 53, "protocol": "udp"}}',
}
"""Texts by path; the registry's language is that of the path."""
