type Namespace = "RECIPIENT" | "CARRIER_GATE";

const KEY = Symbol.for("carillon.test.used-objects");

/** Outlives modules, which each test file has of its own. */
function used(): Map<string, readonly [Namespace, DurableObjectId]> {
  const known: unknown = Reflect.get(globalThis, KEY);
  if (known instanceof Map) return known;
  const fresh = new Map<string, readonly [Namespace, DurableObjectId]>();
  Reflect.set(globalThis, KEY, fresh);
  return fresh;
}

export function noteUse(namespace: Namespace, id: DurableObjectId): void {
  used().set(`${namespace} ${id}`, [namespace, id]);
}

/** The objects that have started since this was last asked. */
export function takeUsed(): (readonly [Namespace, DurableObjectId])[] {
  const objects = [...used().values()];
  used().clear();
  return objects;
}
