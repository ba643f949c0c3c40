# The program, from nixpkgs' own Python packages. What it depends on is read from
# pyproject.toml.
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

  # `PyYAML>=6.0.2` is the package `pyyaml`.
  dependency =
    requirement:
    let
      name = builtins.head (builtins.match "([A-Za-z0-9._-]+).*" requirement);
    in
    python3Packages.${builtins.replaceStrings [ "_" "." ] [ "-" "-" ] (lib.toLower name)};
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
