// Numbers, units and times as people read them, in their language and the plant's time zone.
import { look } from './look.svelte';
import { t } from './words/words.svelte';

let zone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone);
let now = $state(Date.now());
if (typeof window !== 'undefined') setInterval(() => (now = Date.now()), 1000);

export const plantTime = {
  get zone() {
    return zone;
  },
  set zone(value: string) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: value });
      zone = value;
    } catch {
      /* a zone this browser doesn't know: keep its own */
    }
  },
  /** Milliseconds since the epoch, moving on every second. */
  get now() {
    return now;
  },
};
const locale = () => (look.language === 'de' ? 'de-DE' : 'en-GB');
const formats = new Map<string, Intl.DateTimeFormat>();
function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale() + zone + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(locale(), { timeZone: zone, ...options })));
  return format;
}
export const toMs = (time: string | number | null | undefined): number | null => {
  if (time === null || time === undefined || time === '') return null;
  const ms = typeof time === 'number' ? time : Date.parse(time);
  return Number.isFinite(ms) && ms > 0 ? ms : null;
};
export function clock(time: string | number | null | undefined, seconds = true): string {
  const ms = toMs(time);
  return ms === null ? '–' : dateFormat({ hour: '2-digit', minute: '2-digit', ...(seconds ? { second: '2-digit' } : {}) }).format(ms);
}
export function dateTime(time: string | number | null | undefined, seconds = true): string {
  const ms = toMs(time);
  if (ms === null) return '–';
  const day = dateFormat({ weekday: 'short', day: '2-digit', month: 'short' }).format(ms);
  return `${day}, ${clock(ms, seconds)}`.replaceAll(' ', '\u00a0'); // one line in narrow columns too
}
/** The time alone when it was today, else with its day. */
export function when(time: string | number | null | undefined): string {
  const ms = toMs(time);
  if (ms === null) return '–';
  const day = dateFormat({ dateStyle: 'short' });
  return day.format(ms) === day.format(now) ? clock(ms) : dateTime(ms, false);
}
export function age(time: string | number | null | undefined): string {
  const ms = toMs(time);
  return ms === null ? '–' : duration(Math.max(0, now - ms));
}
/** `14 min`, `2 h 05 min`, `3 d 4 h`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return t('{n} s', { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t('{n} min', { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t('{h} h {m} min', { h: hours, m: String(minutes % 60).padStart(2, '0') });
  return t('{d} d {h} h', { d: Math.floor(hours / 24), h: hours % 24 });
}
export function number(value: number | null | undefined, digits?: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  const most = digits ?? (size >= 1000 || Number.isInteger(value) ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3);
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: most, minimumFractionDigits: digits ?? 0 }).format(value);
}
export function percent(ratio: number | null | undefined, digits = 1): string {
  return ratio === null || ratio === undefined || !Number.isFinite(ratio) ? '–' : `${number(ratio * 100, digits)} %`;
}
const units: Record<string, string> = {
  Cel: '°C', '[degF]': '°F', '1': '', '%': '%', 'mm/s': 'mm/s', 'm/s2': 'm/s²', 'mm/s2': 'mm/s²', '/min': '1/min', '{rev}/min': '1/min', 'kW.h': 'kWh', 'W.h': 'Wh',
  '[ppm]': 'ppm', Ohm: 'Ω', um: 'µm', deg: '°', m3: 'm³', 'm3/h': 'm³/h', '{part}': '', '{parts}': '', 'N.m': 'N m',
};
/** A UCUM code as people read it. */
export function unit(code: string): string {
  return units[code] ?? code.replace(/\{([^}]*)\}/g, '$1').replaceAll('.', '·');
}
export function value(raw: unknown, code = '', digits?: number): string {
  if (raw === null || raw === undefined) return '–';
  if (typeof raw === 'boolean') return raw ? t('on') : t('off');
  if (typeof raw !== 'number') return String(raw);
  const name = unit(code);
  return name ? `${number(raw, digits)} ${name}` : number(raw, digits);
}
/** A name as it stands within a sentence: English writes it small, German keeps its nouns. */
export const inSentence = (name: string): string => (look.language === 'en' ? name.toLowerCase() : name);
/** `spindle_speed` as `Spindle speed`. */
export function words(name: string): string {
  const text = name.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
