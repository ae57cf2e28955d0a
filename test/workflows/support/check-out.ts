import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** What actions/checkout leaves in the workspace: one commit, whole or the given patterns of it, and no credential. */
export async function checkOut(origin: string, workspace: string, inputs: Readonly<Record<string, string>>, sha: string): Promise<void> {
  const folder = path.join(workspace, inputs['path'] ?? '.');
  await mkdir(folder, { recursive: true });
  await git(folder, 'init', '--quiet');
  await git(folder, 'fetch', '--quiet', '--depth=1', origin, inputs['ref'] || sha);
  const sparse = inputs['sparse-checkout'];
  if (sparse !== undefined) {
    const cone = inputs['sparse-checkout-cone-mode'] === 'false' ? '--no-cone' : '--cone';
    await git(folder, 'sparse-checkout', 'set', cone, ...sparse.trim().split('\n'));
  }
  await git(folder, 'checkout', '--quiet', 'FETCH_HEAD');
}

/** Runs git with nothing of this machine's configuration, as a made-up person, and gives what it prints. */
export function git(folder: string, ...args: readonly string[]): Promise<string> {
  const config = ['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example', '-c', 'init.defaultBranch=main'];
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'uploadpack.allowAnySHA1InWant',
    GIT_CONFIG_VALUE_0: 'true',
  };
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...config, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const text = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(text.out.trim()) : reject(new Error(`git ${args.join(' ')}: ${text.err}`))));
  });
}
