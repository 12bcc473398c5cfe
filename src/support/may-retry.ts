/** Whether the platform says of a failed call to a Durable Object that one more helps. */
export function mayRetry(error: unknown): boolean {
  return (
    error instanceof Error && "retryable" in error && error.retryable === true && !("overloaded" in error && error.overloaded === true)
  );
}
