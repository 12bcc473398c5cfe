/** Settings of the deployment that the state machine needs, in seconds. */
export interface Timing {
  readonly unknown_after_seconds: number;
  readonly receipt_wait_seconds: number;
}
