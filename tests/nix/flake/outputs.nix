# The outputs of this flake, and of its template and its example, with stand-ins for what they
# are given.
{
  lib,
  root,
}:
let
  nixpkgs = import ./stand_ins.nix { inherit lib; };
  self = outputs (root + "/flake.nix") { inherit nixpkgs; };

  # What Nix does with a flake: it is given itself, and where it is.
  outputs =
    file: inputs:
    let
      made =
        (import file).outputs (
          inputs
          // {
            self = made // {
              outPath = toString (dirOf file);
            };
          }
        )
        // {
          outPath = toString (dirOf file);
        };
    in
    made;
in
{
  inherit self nixpkgs;

  template = outputs (self.templates.default.path + "/flake.nix") {
    inherit nixpkgs;
    port-registry = self;
  };

  # Any folder that has the template's flake.
  at =
    folder:
    outputs (folder + "/flake.nix") {
      inherit nixpkgs;
      port-registry = self;
    };
}
