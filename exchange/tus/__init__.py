"""Resumable uploads by tus 1.0: the server's rules without a server, and a client."""
