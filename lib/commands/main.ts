import { leeboard } from './program.ts';

// Whoever reads may stop early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await leeboard(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  ...(process.stdout.isTTY && process.env.TERM !== 'dumb' && { width: process.stdout.columns }),
  colour: process.stdout.isTTY === true && !process.env.NO_COLOR,
  debug: Boolean(process.env.LEEBOARD_DEBUG),
});
