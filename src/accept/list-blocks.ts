import * as z from "zod";
import type { AddressBlock, NamedAddress } from "../store/address-blocks.ts";
import { contextOf } from "../support/sealing.ts";
import { type Channel, channel } from "../vocabulary/classes.ts";
import { auditEntryOf } from "./audited.ts";
import type { Caller } from "./authenticate.ts";
import { type BlocksDeps, nameAddress, shownBlock } from "./change-blocks.ts";
import { cursor, cursorOf } from "./cursor.ts";
import { maskAddress } from "./mask-address.ts";
import { rowOpener, UNREADABLE } from "./open-rows.ts";
import { fine, type Outcome, problemResponse } from "./problem.ts";
import { parametersOf, parseAs } from "./read-json.ts";
import { mayUnmask, unmask } from "./unmask.ts";

export interface ListBlocksDeps extends BlocksDeps {
  readonly blocksAfter: (
    tenant: string,
    only: Channel | undefined,
    after: NamedAddress | undefined,
    limit: number,
  ) => Promise<readonly AddressBlock[]>;
}

const PAGE = 100;
const place = cursor(z.tuple([channel, z.string()]).transform(([on, hash]): NamedAddress => ({ channel: on, hash })));
const query = z
  .strictObject({ channel: channel.optional(), address: z.string().min(1).max(320).optional(), unmask, cursor: place.optional() })
  .refine(({ channel: on, address }) => address === undefined || on !== undefined, {
    path: ["channel"],
    message: "is missing: an address is one of a channel",
  });

/** `GET /v1/blocks?channel=&address=&unmask=&cursor=`: one address, or all that are blocked; masked unless it is asked for in clear. */
export async function listBlocks(request: Request, caller: Caller, deps: ListBlocksDeps): Promise<Response> {
  const asked = parseAs(query, parametersOf(request), "The query");
  if (!asked.ok) return problemResponse(asked.problem);
  const inClear = mayUnmask(caller, asked.value.unmask);
  if (!inClear.ok) return problemResponse(inClear.problem);
  const { tenant } = caller;
  const found = await findBlocks(asked.value, tenant, deps);
  if (!found.ok) return problemResponse(found.problem);
  const page = found.value.slice(0, PAGE);
  const last = found.value.length > PAGE ? page.at(-1) : undefined;
  if (inClear.value && page.length > 0) {
    const [only] = page;
    const target = asked.value.address !== undefined && only ? only.hash : "";
    await deps.audit(tenant, [auditEntryOf(caller, "block.unmask", target, { blocks: page.length })]);
  }
  const open = rowOpener(tenant);
  const blocks = await Promise.all(
    page.map(async (block) => {
      const { address: sealed, hash } = block;
      const text = sealed === undefined ? undefined : await open(hash, () => deps.sealer.open(sealed, contextOf(tenant, "address")));
      const shown = shownBlock(block, text === undefined || inClear.value ? text : maskAddress(block.channel, text));
      return sealed === undefined || text !== undefined ? shown : { ...shown, ...UNREADABLE };
    }),
  );
  return Response.json({ blocks, ...(last ? { next: cursorOf(last.channel, last.hash) } : {}) });
}

async function findBlocks(
  { channel: only, address, cursor: after }: z.infer<typeof query>,
  tenant: string,
  deps: ListBlocksDeps,
): Promise<Outcome<readonly AddressBlock[]>> {
  if (only === undefined || address === undefined) return fine(await deps.blocksAfter(tenant, only, after, PAGE + 1));
  const named = await nameAddress({ channel: only, address }, tenant, deps);
  if (!named.ok) return named;
  const block = await deps.findBlock(tenant, named.value);
  return fine(block ? [block] : []);
}
