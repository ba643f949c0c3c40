{
  databases.postgresql = 5433; # internal: 5432 stays free for the containers of others
}
