// The stack that is up: its migrator by REST, its containers by the docker command.
import { execFile } from 'node:child_process';
import net from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);
const port = (variable, otherwise) => Number(process.env[variable] ?? otherwise);

export const migrator = `http://127.0.0.1:${port('MONKEY_MIGRATOR_PORT', 8081)}`;
export const token = process.env.MONKEY_TOKEN;

const traffic = port('MONKEY_TRAFFIC_PORT', 8080);
const project = process.env.MONKEY_PROJECT ?? 'migration-monkey';

export async function rest(path, options = {}) {
  const answer = await fetch(migrator + path, {
    ...options,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
  });
  return answer.json();
}

export const active = async () => (await rest('/api/switch')).active;
export const other = (server) => (server === 'production' ? 'backup' : 'production');

export async function until(what, seconds, ask) {
  const deadline = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < deadline) {
    try {
      last = await ask();
      if (last) return last;
    } catch (failure) {
      last = failure;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what}: not within ${seconds} s; last: ${last}`);
}

async function container(service) {
  const { stdout } = await run('docker', [
    'ps', '-aq',
    '--filter', `label=com.docker.compose.project=${project}`,
    '--filter', `label=com.docker.compose.service=${service}`,
  ]);
  const id = stdout.trim().split('\n')[0];
  if (!id) throw new Error(`no container of ${service} in project ${project}`);
  return id;
}

export const docker = async (verb, service) => run('docker', [verb, await container(service)]);

export const shell = async (server, line) =>
  (await run('docker', ['exec', await container(server), 'bash', '-ec', line])).stdout.trim();

/** People who read all the time, and what became of their requests. */
export function readers() {
  const seen = { answered: 0, failed: [] };
  let over = false;
  const read = async () => {
    while (!over) {
      try {
        const answer = await fetch(`http://127.0.0.1:${traffic}/health`, { signal: AbortSignal.timeout(60_000) });
        await answer.text();
        if (answer.ok) seen.answered++;
        else seen.failed.push(answer.status);
      } catch (failure) {
        seen.failed.push(String(failure.cause ?? failure));
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const all = Promise.all(Array.from({ length: 6 }, read));
  return async () => {
    over = true;
    await all;
    return seen;
  };
}

/** Requests that stay open: one whose body never ends, and some that only wish to be answered. */
export function openRequests(howMany) {
  const sockets = [];
  const open = (text) => {
    const socket = net.connect(traffic, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(text);
    sockets.push(socket);
  };
  return {
    endless: () =>
      open('POST /entries HTTP/1.1\r\nHost: guestbook\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\ntext='),
    waiting: () => {
      for (let i = 0; i < howMany; i++) open('GET /health HTTP/1.1\r\nHost: guestbook\r\n\r\n');
    },
    close: () => sockets.forEach((socket) => socket.destroy()),
  };
}
