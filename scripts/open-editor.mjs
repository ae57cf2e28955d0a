// What an editor does with yaml-language-server, which is behind VS Code's YAML extension, Neovim, Emacs, Helix and Zed: it starts the
// server, tells it the settings, opens files and asks. The framing is that of the Language Server Protocol 3.17, base protocol.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const SERVER = require.resolve('yaml-language-server/bin/yaml-language-server');
const CLIENT = {
  textDocument: {
    completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'] } },
    hover: { contentFormat: ['markdown'] },
    publishDiagnostics: {},
  },
  workspace: { configuration: true, didChangeConfiguration: {}, workspaceFolders: true },
};

/**
 * Opens a folder in an editor without a screen. `settings` are the dotted ones of `.vscode/settings.json`; the public schema store stays
 * off, so that nothing is fetched. Lines and columns are from 0, as the protocol counts.
 *
 * `type(path, text)` opens a file, saved or not, with this text and answers with the marks that the editor shows in it; `complete` and
 * `hover` answer for a place in it. A path is typed once.
 */
export async function openEditor(folder, settings) {
  const { request, notify, close, marksOf, configured } = startServer(nested({ ...settings, 'yaml.schemaStore.enable': false }));
  const rootUri = pathToFileURL(folder).href.replace(/\/$/, '');
  await request('initialize', {
    processId: process.pid,
    rootUri,
    capabilities: CLIENT,
    workspaceFolders: [{ uri: rootUri, name: 'policies' }],
  });
  notify('initialized', {});
  notify('workspace/didChangeConfiguration', { settings: null });
  // The server asks for its settings in its own time, and knows no schema before.
  await configured;
  const uriOf = (path) => `${rootUri}/${path}`;
  const at = (path, line, character) => ({ textDocument: { uri: uriOf(path) }, position: { line, character } });
  return {
    async type(path, text) {
      const uri = uriOf(path);
      const marks = marksOf(uri);
      notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
      return marks;
    },
    complete: async (path, line, character) => (await request('textDocument/completion', at(path, line, character)))?.items ?? [],
    hover: async (path, line, character) => (await request('textDocument/hover', at(path, line, character)))?.contents?.value ?? '',
    close,
  };
}

/** The settings that a folder ships in `.vscode/settings.json`. */
export function readSettings(folder) {
  return JSON.parse(readFileSync(`${folder}/.vscode/settings.json`, 'utf8'));
}

/** Starts the server, and speaks JSON-RPC with it over its standard streams. */
function startServer(settings) {
  const server = spawn(process.execPath, [SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = new Map();
  const marks = new Map();
  let lastId = 0;
  let nowConfigured;
  const configured = new Promise((resolve) => {
    nowConfigured = resolve;
  });
  const send = (message) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const receive = ({ id, method, params, result, error }) => {
    if (method === 'textDocument/publishDiagnostics') marks.get(params.uri)?.(params.diagnostics);
    else if (method === 'workspace/configuration') {
      send({ id, result: params.items.map(({ section }) => settings[section] ?? null) });
      if (params.items.some(({ section }) => section === 'yaml')) nowConfigured();
    } else if (method !== undefined && id !== undefined) send({ id, result: null });
    else if (error !== undefined) answers.get(id)?.reject(new Error(`The language server says: ${error.message}`));
    else answers.get(id)?.resolve(result);
  };
  readMessages(server.stdout, receive);
  const ended = new Promise((resolve) => server.once('exit', resolve));
  ended.then(() => {
    for (const { reject } of answers.values()) reject(new Error('The language server has ended.'));
  });
  return {
    configured,
    request: (method, params) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        answers.set(lastId, { resolve, reject });
        send({ id: lastId, method, params });
      }),
    notify: (method, params) => send({ method, params }),
    marksOf: (uri) => new Promise((resolve) => marks.set(uri, resolve)),
    async close() {
      server.kill();
      await ended;
    },
  };
}

function readMessages(stream, receive) {
  let bytes = Buffer.alloc(0);
  stream.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const end = bytes.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/i.exec(bytes.subarray(0, Math.max(end, 0)).toString())?.[1]);
      if (end < 0 || bytes.length < end + 4 + length) return;
      const message = JSON.parse(bytes.subarray(end + 4, end + 4 + length).toString());
      bytes = bytes.subarray(end + 4 + length);
      receive(message);
    }
  });
}

/** `{ 'yaml.schemas': 1 }` as the server asks for it: `{ yaml: { schemas: 1 } }`. */
function nested(settings) {
  const tree = {};
  for (const [key, value] of Object.entries(settings)) {
    const path = key.split('.');
    const last = path.pop();
    let node = tree;
    for (const step of path) node = node[step] ??= {};
    node[last] = value;
  }
  return tree;
}
