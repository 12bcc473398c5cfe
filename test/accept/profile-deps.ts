import type { ProfileDeps } from "../../src/accept/prepare-profile.ts";
import { namingKeyOf } from "../../src/support/hashing.ts";
import { sealerOf, sealingKeysOf } from "../../src/support/sealing.ts";

/** A naming key and a sealer of their own, as a deployment has them. */
export async function profileDeps(): Promise<ProfileDeps> {
  return {
    naming: await namingKeyOf(new Uint8Array(32).fill(7)),
    sealer: sealerOf(await sealingKeysOf([["k1", new Uint8Array(32).fill(8)]])),
  };
}
