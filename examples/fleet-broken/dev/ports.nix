# Copied from the fleet, so that the stack can be tried out alone.
{
  databases = {
    postgresql = 5432;
    redis = 6380;
  };

  development = {
    api = 3000;
    web = 3001;
    storybook = 6006;
  };
}
