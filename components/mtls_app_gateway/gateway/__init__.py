"""The gateway as a value: settings in, one gateway document out, and every reading of it.

Pure: no files, clock, environment or Pulumi.
"""
