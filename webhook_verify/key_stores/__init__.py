"""Stores for the names of keys that have verified a delivery, so that they survive a restart.

A delivery names the key or certificate for its verification, and an attacker can invent names. A scheme that
fetches keys (`aws-sns`, `paypal`, `plaid`) therefore limits how many unknown names it looks up in a minute. A
name that has verified a delivery before is exempt from that limit. With a key store, the exemption also
applies after a restart and in other processes:

    Plaid(key_store=FileKeyStore("/var/lib/app/webhook-keys"))
    AmazonSns(key_store=RedisKeyStore.from_url("redis://localhost"))

Only names are stored. The keys themselves are always fetched from the provider, so an attacker who can write
to the store can cause a few fetches, and no forged delivery is accepted.
"""

from __future__ import annotations

from webhook_verify.key_stores.base import MAX_NAMES, KeyStore
from webhook_verify.key_stores.file import FileKeyStore

__all__ = ["MAX_NAMES", "FileKeyStore", "KeyStore"]
