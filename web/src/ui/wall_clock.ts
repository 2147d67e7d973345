// Times as a form's input has them, by the clock on the plant's wall.

/** A zone's difference from UTC at a time, ms. */
export function zoneOffset(time: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' }).formatToParts(time);
  const at = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute')) - Math.floor(time / 60_000) * 60_000;
}
/** A time as a form's input wants it, by the clock on the plant's wall. */
export const wallInput = (time: number, zone: string): string => new Date(time + zoneOffset(time, zone)).toISOString().slice(0, 16);
/** And back. In the hour that the clock repeats it is the first. */
export function fromWall(text: string, zone: string): number {
  const wall = Date.parse(`${text}Z`);
  const guess = wall - zoneOffset(wall, zone);
  return wall - zoneOffset(guess, zone);
}
