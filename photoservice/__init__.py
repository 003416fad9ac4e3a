"""The network photoservice: manifests from makers, registrations from stations, and what they make together."""
