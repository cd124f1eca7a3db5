"""Connects to a gateway as different clients and checks that it does what its document promises."""
