import { readdir, readFile, readlink } from 'node:fs/promises';

/** Kills the process that holds this end of a local connection, as a crash would; Linux only. @throws when there is none */
export async function killCaller(port: number): Promise<void> {
  const inode = await inodeOf(port);
  for (const pid of (await readdir('/proc')).filter(
    (name) => /^\d+$/.test(name) && name !== String(process.pid),
  )) {
    if (inode !== undefined && (await holds(pid, inode))) {
      process.kill(Number(pid), 'SIGKILL');
      return;
    }
  }
  throw new Error(`nobody holds the local port ${port}`);
}

/** Of the socket whose own port it is, from `/proc/net/tcp`: `sl local remote state queues timer retransmits uid timeout inode`. */
async function inodeOf(port: number): Promise<string | undefined> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')));
  const sockets = tables.flatMap((table) => table.split('\n')).map((line) => line.trim().split(/\s+/));
  return sockets.find(([, local, , state]) => local?.endsWith(`:${hex}`) && state === '01')?.[9];
}

async function holds(pid: string, inode: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const open = await readdir(folder).catch(() => []);
  const links = await Promise.all(open.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return links.includes(`socket:[${inode}]`);
}
