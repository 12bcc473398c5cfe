import { CarrierGate as DeployedGate, Recipient as DeployedRecipient } from "../src/index.ts";
import { noteUse } from "./used-objects.ts";

/** The Worker as it is deployed, whose objects are noted when they start, so that start-afresh.ts knows which to empty. */
export { default } from "../src/index.ts";

export class Recipient extends DeployedRecipient {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    noteUse("RECIPIENT", state.id);
  }
}

export class CarrierGate extends DeployedGate {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    noteUse("CARRIER_GATE", state.id);
  }
}
