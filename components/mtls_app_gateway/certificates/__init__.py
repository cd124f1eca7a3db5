"""From a bundle as given to the chains a gateway trusts, and the rules each chain must keep.

Pure: bytes and text come in, values and problems go out.
"""
