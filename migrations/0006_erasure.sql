-- Who is erased loses all addresses that they have and had; without it each erasure would read those of the whole tenant.
CREATE INDEX addresses_of_recipient ON addresses (tenant, recipient);
