/** Told when a step starts, and again, with its seconds, when it is done. */
export type Progress = (step: string, seconds?: number) => void;

/** One line a step on stderr: its name when it starts, its seconds when it is done. */
export const printProgress: Progress = (step, seconds) => {
  process.stderr.write(seconds === undefined ? `  ${step} ...` : ` ${seconds.toFixed(1)} s\n`);
};

/** Does one step of work and reports it. */
export async function timed<T>(progress: Progress, step: string, work: () => Promise<T>): Promise<T> {
  progress(step);
  const start = performance.now();
  const result = await work();
  progress(step, (performance.now() - start) / 1000);
  return result;
}
