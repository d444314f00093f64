"""The vendors, embedded: small servers on loopback that keep the contracts of the packs, in memory."""
