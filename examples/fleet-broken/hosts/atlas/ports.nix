{
  games = {
    minecraft = 25565;
    minecraftRcon = 25575; # internal
  };
}
