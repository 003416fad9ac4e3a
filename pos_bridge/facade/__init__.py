"""Our scanners and printers for a till that wants to use them: REST and WebSocket, with the words of UnifiedPOS."""
