"""Where the bytes of images lie: a local folder, or any S3."""
