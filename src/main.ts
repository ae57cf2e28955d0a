import { EXIT } from './errors.ts';
import { createRealWorld } from './real-world.ts';
import { runCli } from './run-cli.ts';
import { encodeSentence } from './text/encode-sentence.ts';

/** What is in flight when a run is interrupted has this long to finish: Actions kills a cancelled step after 7.5 seconds. */
const GRACE_MS = 5_000;

/** Runs the process's command line in the real world, with its signals and its exit code. */
export async function main(host: NodeJS.Process): Promise<void> {
  const interrupted = new AbortController();
  const graceOver = new AbortController();
  const ended = new AbortController();
  const world = createRealWorld(host, interrupted.signal, graceOver.signal);
  const interrupt = () => {
    // A second signal asks for what is in flight to be given up as well.
    if (interrupted.signal.aborted) return graceOver.abort();
    interrupted.abort();
    void world.clock.sleep(GRACE_MS, ended.signal).then(() => graceOver.abort());
  };
  host.on('SIGINT', interrupt);
  host.on('SIGTERM', interrupt);
  for (const stream of [host.stdout, host.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // A reader that closes its end early (`| head`) is no failure of ours; a full disk is.
      if (error.code === 'EPIPE') return;
      if (stream === host.stdout) host.stderr.write(`rollcall: the result could not be written (${error.code ?? 'it failed'}).\n`);
      host.exitCode = EXIT.unexpected;
    });
  }
  const exit = await runCli(host.argv.slice(2), world).catch((error: unknown) => {
    host.stderr.write(`rollcall: ${encodeSentence(error instanceof Error ? error.message : 'something unexpected happened')}\n`);
    return EXIT.unexpected;
  });
  // Not process.exit(): a large result on a pipe would be cut.
  if (exit !== EXIT.ok || host.exitCode === undefined) host.exitCode = exit;
  ended.abort();
  host.removeListener('SIGINT', interrupt);
  host.removeListener('SIGTERM', interrupt);
}
