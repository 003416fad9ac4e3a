"""The photoservice's store in memory: production's own intake over it, without PostgreSQL, threads or a loop."""
