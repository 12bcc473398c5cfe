import type { Event } from "../vocabulary/event.ts";

/**
 * What stands at a path of an event: `data.…`, `time`, or another attribute's name; undefined where nothing does. Only own
 * keys are followed, in lists an index.
 */
export function readPath(event: Event, path: string): unknown {
  const [attribute = "", ...keys] = path.split(".");
  let here = attributeOf(event, attribute);
  for (const key of keys) {
    if (here === null || typeof here !== "object" || !Object.hasOwn(here, key)) return undefined;
    here = Reflect.get(here, key);
  }
  return here;
}

function attributeOf(event: Event, name: string): unknown {
  switch (name) {
    case "data":
    case "id":
    case "source":
    case "type":
    case "time":
    case "subject":
    case "deliverat":
      return event[name];
    default:
      return Object.hasOwn(event.extensions, name) ? event.extensions[name] : undefined;
  }
}
