"""Sales that come as files: XML read as it streams by, and folders that are watched for whole files."""
