#!/usr/bin/env node
import { EXIT } from './errors.ts';
import { VERSION } from './version.ts';

/** A second after this, nothing is waited for any more: Actions kills a cancelled step after 7.5 seconds. */
const GRACE_MS = 5_000;

// The commonest question needs nothing of what follows.
if (process.argv.length === 3 && process.argv[2] === '--version') process.stdout.write(`${VERSION}\n`);
else await main();

async function main(): Promise<void> {
  const [{ runCli }, { createRealWorld }] = await Promise.all([import('./run-cli.ts'), import('./real-world.ts')]);
  const interrupted = new AbortController();
  const graceOver = new AbortController();
  const interrupt = () => {
    if (interrupted.signal.aborted) return graceOver.abort();
    interrupted.abort();
    setTimeout(() => graceOver.abort(), GRACE_MS).unref();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // A reader that closes its end early (`| head`) is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const world = createRealWorld(process, interrupted.signal, graceOver.signal);
  const exit = await runCli(process.argv.slice(2), world).catch((error: unknown) => {
    process.stderr.write(`rollcall: ${error instanceof Error ? error.message : 'something unexpected happened'}\n`);
    return EXIT.unexpected;
  });
  // Not process.exit(): a large result on a pipe would be cut.
  process.exitCode = exit;
  process.removeListener('SIGINT', interrupt);
  process.removeListener('SIGTERM', interrupt);
}
