# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  development = {
    firestore-emulator = 8080;
  };

  services = {
    builder-api-ddebug = 5005;
    builder-frontend = 5173;
    builder-api = 8081;
    library-api = 8083;
    google-cloud-firebase-auth-emulator = 9099;
    google-cloud-storage-override = 9199;
  };
}
