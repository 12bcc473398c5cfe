import * as z from "zod";
import { DOCUMENT_VERSION, type RecipientDocument, recipientDocument } from "./document.ts";

const stored = z.looseObject({ v: z.number().int().min(1) });
type Stored = z.infer<typeof stored>;

/** From version n to n + 1, in order. Appended to, never changed: objects sleep for years. */
const UPGRADES: readonly ((document: Stored) => Stored)[] = [];

/** Parses a stored document, brought up to the current version. Throws on one written by newer code: losing what it says would be worse. */
export function readDocument(body: string): RecipientDocument {
  let document = stored.parse(JSON.parse(body));
  if (document.v > DOCUMENT_VERSION) throw new Error(`the document has version ${document.v}, this code knows ${DOCUMENT_VERSION}`);
  for (const upgrade of UPGRADES.slice(document.v - 1)) document = upgrade(document);
  return recipientDocument.parse(document);
}
