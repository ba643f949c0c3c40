# ast-grep's Python module from its published wheels, for a nixpkgs that does not have it: to
# build it from source takes Rust and every grammar it knows.
{
  lib,
  stdenv,
  python,
  autoPatchelfHook,
  buildPythonPackage,
  fetchPypi,
}:
let
  version = "0.51.0";

  # By system and Python's version: the SHA-256 of the published wheels.
  wheels = {
    aarch64-linux = {
      platform = "manylinux_2_28_aarch64";
      "311" = "sha256-Jl6DCu1rTgtLPNUeXG4A2/du7tMwdIFX0hkJmK5N3Jk=";
      "312" = "sha256-Y0UK4ZbBsYQGg3WPPYp+Zxqt90zOL9iibkRDJlZOiVc=";
      "313" = "sha256-giSEpK3FjAlkwFPthUnFiK+d2nFHD7FIXCmlNi9TWD0=";
      "314" = "sha256-wN4ebd9tzPbrz823ljd3jA7B0/i0+adDzvxi3+loexI=";
    };
    x86_64-linux = {
      platform = "manylinux_2_28_x86_64";
      "311" = "sha256-vuREejyWQfZWjZuJA4u9JeVhE4vRRaVn432LrsykhXI=";
      "312" = "sha256-xRYzf1caw8kA+fASqfhrvZk6dlavqaEqvMUOeJZIyME=";
      "313" = "sha256-pVD/oylXWgZbecX0HNQV771s39dGsgzMd0SzyqPiWP4=";
      "314" = "sha256-cjWA6iT4rgnQdBsnas/aOFMKJ2xDbn8N9RLHvqXS8F8=";
    };
    aarch64-darwin = {
      platform = "macosx_11_0_arm64";
      "311" = "sha256-vFyIJnAZ/jqE1QWo4XMfZ3Viq0phPvUksYhWXBoWNzE=";
      "312" = "sha256-25QrJ+GWD2FsGiDfxmHcQDOO3athijL/+RnAOlO46uc=";
      "313" = "sha256-mqU/v5cb8+t62uaFLUDZelrSnfAjHuMxFFGI9axO2z8=";
      "314" = "sha256-TGNmMIJuIyuU9RnO45ZIBM+cad5CxTHvLWvMtB5lroI=";
    };
    x86_64-darwin = {
      platform = "macosx_10_12_x86_64";
      "311" = "sha256-YLiGc3l0laxH2bsqbU/C07mCZGkv+GaMDRqoM53840g=";
      "312" = "sha256-j7Ka4YYIOWS9GDT5c8YFE6lITDG8KaykqHlUXIdk3TQ=";
      "313" = "sha256-BN2IrwBEdPc9ITMOrU3UkZuFfyjhSZbXJQKSZv6jocM=";
      "314" = "sha256-dbllZ90j8ClMEg2G5tVTzzIN3swRXIZzD+QKoPbrBxU=";
    };
  };

  inherit (stdenv.hostPlatform) system;
  wheel = wheels.${system} or (throw "ast-grep-py has no wheel for ${system}");
  digits = lib.replaceStrings [ "." ] [ "" ] python.pythonVersion;
  tag = "cp${digits}";
in
buildPythonPackage {
  pname = "ast-grep-py";
  inherit version;
  format = "wheel";

  src = fetchPypi {
    pname = "ast_grep_py";
    inherit version;
    inherit (wheel) platform;
    format = "wheel";
    dist = tag;
    python = tag;
    abi = tag;
    hash = wheel.${digits} or (throw "ast-grep-py has no wheel for Python ${python.pythonVersion}");
  };

  # The wheel's native part looks for its C library where other systems have it.
  nativeBuildInputs = lib.optionals stdenv.hostPlatform.isLinux [ autoPatchelfHook ];
  buildInputs = lib.optionals stdenv.hostPlatform.isLinux [ stdenv.cc.cc.lib ];

  pythonImportsCheck = [ "ast_grep_py" ];

  meta = {
    description = "Search and rewrite code by its syntax tree";
    homepage = "https://ast-grep.github.io";
    license = lib.licenses.mit;
    sourceProvenance = [ lib.sourceTypes.binaryNativeCode ];
    platforms = builtins.attrNames wheels;
  };
}
