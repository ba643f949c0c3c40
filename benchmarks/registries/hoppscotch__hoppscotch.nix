# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  databases = {
    hoppscotch-db = 5432;
  };

  development = {
    hoppscotch-app = 3000;
    hoppscotch-app-3080 = 3080;
    hoppscotch-sh-admin = 3100;
    hoppscotch-backend = 3170;
    hoppscotch-backend-3180 = 3180;
    hoppscotch-app-3200 = 3200;
    hoppscotch-sh-admin-3280 = 3280;
  };
}
