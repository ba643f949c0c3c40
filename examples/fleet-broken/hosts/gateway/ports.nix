{
  system.ssh = 2222; # the router forwards it, and 22 draws every bot there is
}
