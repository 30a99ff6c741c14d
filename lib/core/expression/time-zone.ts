const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether `zone` is an IANA time zone by name; bare offsets such as +02:00 are not. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(zone)) return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * The wall clock of `zone` at an instant, as the epoch milliseconds at which UTC shows the same date and time.
 * @param instant epoch milliseconds
 */
export function wallClock(zone: string): (instant: number) => number {
  if (zone === 'UTC') return (instant) => instant;
  const format = formatOf(zone);
  // Month, hour and weekday of one instant are usually asked for together.
  let last = Number.NaN;
  let shown = Number.NaN;
  return (instant) => {
    if (instant !== last) {
      const part = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
      const get = (type: Intl.DateTimeFormatPartTypes) => part.get(type) as number;
      shown = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
      last = instant;
    }
    return shown;
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}
