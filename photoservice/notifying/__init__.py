"""Being told (S3): what happened, in the app for everybody, and by mail, SMS or push for who wants that."""
