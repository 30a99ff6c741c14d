/**
 * What went wrong, as the error itself said it.
 * @param cause of a state's error: text, of a Lambda function JSON with `errorMessage`; a timeout has none
 */
export function messageOf(cause: unknown): string {
  if (cause === undefined || cause === null) return 'no cause was given';
  const text = typeof cause === 'string' ? cause : JSON.stringify(cause);
  try {
    const { errorMessage } = JSON.parse(text) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : text;
  } catch {
    return text;
  }
}
