import { settles } from "../support/clock.ts";

/** Runs `work` when what was begun under this name is over, or was waited for long enough. */
export type InTurn = <Answer>(name: string, work: () => Promise<Answer>) => Promise<Answer>;

/** Turns of one isolate. They only spare collisions: nobody waits longer than `patienceMs` for a request that may be gone. */
export function takingTurns(patienceMs: number): InTurn {
  const turns = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const before = turns.get(name);
    const turn = (before ? settles(before, patienceMs) : Promise.resolve()).then(work);
    turns.set(name, turn);
    const over = (): void => {
      if (turns.get(name) === turn) turns.delete(name);
    };
    turn.then(over, over);
    return turn;
  };
}
