"""The gateway as ARM data: Azure's facts, references, reading and writing of documents, their comparison. Pure."""
