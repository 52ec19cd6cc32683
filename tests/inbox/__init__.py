"""Tests of the inbox: its stores, and the processing of its entries."""
