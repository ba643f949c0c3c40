# The program, from nixpkgs' own Python packages. What it depends on is read from
# pyproject.toml; where this nixpkgs has no ast-grep-py, or an old one, its published wheel
# takes the place.
{
  lib,
  python3Packages,
}:
let
  root = ../.;
  project = (builtins.fromTOML (builtins.readFile (root + "/pyproject.toml"))).project;

  version = builtins.head (
    builtins.match ".*__version__ = \"([^\"]+)\".*" (
      builtins.readFile (root + "/src/port_registry/__init__.py")
    )
  );

  wheels.ast-grep-py = python3Packages.callPackage ./ast-grep-py.nix { };

  # `PyYAML>=6.0.2` is the package `pyyaml`.
  dependency =
    requirement:
    let
      parts = builtins.match "([A-Za-z0-9._-]+)(>=([0-9.]+))?.*" requirement;
      least = builtins.elemAt parts 2;
      name = builtins.replaceStrings [ "_" "." ] [ "-" "-" ] (lib.toLower (builtins.head parts));
      theirs = python3Packages.${name} or null;
      isEnough = theirs != null && (least == null || lib.versionAtLeast theirs.version least);
    in
    if isEnough then theirs else wheels.${name} or theirs;
in
python3Packages.buildPythonApplication {
  pname = project.name;
  inherit version;
  pyproject = true;

  src = lib.cleanSourceWith {
    src = root;
    filter =
      path: _:
      let
        below = lib.removePrefix (toString root + "/") (toString path);
        top = builtins.head (lib.splitString "/" below);
      in
      builtins.elem top [
        "LICENSE"
        "README.md"
        "pyproject.toml"
        "scripts"
        "src"
      ];
  };

  build-system = [ python3Packages.hatchling ];
  dependencies = map dependency project.dependencies;

  pythonImportsCheck = [ "port_registry" ];

  # The tests want the whole checkout; what is tried here is that the program starts.
  installCheckPhase = ''
    runHook preInstallCheck
    $out/bin/port-registry --version
    runHook postInstallCheck
  '';

  meta = {
    inherit (project) description;
    license = lib.licenses.mit;
    mainProgram = "port-registry";
  };
}
