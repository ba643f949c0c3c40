# A derivation that fails where `port-registry check` finds anything in `src`.
{
  pkgs,
  package,
  src,
}:
pkgs.runCommand "port-registry-check"
  {
    nativeBuildInputs = [ package ];
  }
  ''
    cd ${src}
    port-registry check --no-cache >&2
    touch "$out"
  ''
