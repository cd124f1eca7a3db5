"""Files, locks and processes of this machine: private atomic writes, one lock, one supervisor, one way to wait."""
