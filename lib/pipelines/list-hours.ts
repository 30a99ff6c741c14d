import type { ListedObject, ObjectStore } from '#ports/object-store.ts';

const DAY = 86_400_000;

/**
 * Objects below `<prefix>dt=<day>/hour=<HH>/` of the hours that a window touches, oldest first; one listing a day.
 * @param from included, to excluded; epoch milliseconds
 */
export async function listHours(
  store: ObjectStore,
  prefix: string,
  from: number,
  to: number,
): Promise<ListedObject[]> {
  const found: ListedObject[] = [];
  for (let day = Math.floor(from / DAY) * DAY; day < to; day += DAY) {
    const listed = await store.list(`${prefix}${folderOf(day).split('/')[0]}/`);
    for (const object of ofHours(listed, prefix, from, to)) found.push(object);
  }
  return found;
}

/** Those of listed objects that are below the folders of the hours, in their order. */
export function ofHours(
  objects: readonly ListedObject[],
  prefix: string,
  from: number,
  to: number,
): ListedObject[] {
  const [first, last] = [folderOf(from), folderOf(to - 1)];
  return objects.filter(({ key }) => {
    const folder = key.slice(prefix.length, prefix.length + first.length);
    return folder >= first && folder <= last;
  });
}

/** `dt=2013-04-01/hour=10` of an instant, epoch milliseconds. */
export function folderOf(instant: number): string {
  const [date, time] = new Date(instant).toISOString().split('T') as [string, string];
  return `dt=${date}/hour=${time.slice(0, 2)}`;
}

/** When the hour of an object's folder began, epoch milliseconds. */
export function instantOfFolder(key: string): number {
  const [, date, hour] = /\/dt=([\d-]+)\/hour=(\d\d)\//.exec(key) ?? [];
  return Date.parse(`${date}T${hour}:00:00Z`);
}
