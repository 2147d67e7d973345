import type { CertificateEntry } from '../api/contract';
import { t } from '../ui/words/words.svelte';

/** `press-4` of `CN = press-4, O = Example`; the whole subject where there is no common name. */
export const commonName = (subject: string): string => /(?:^|,)\s*CN\s*=\s*([^,]+)/.exec(subject)?.[1]?.trim() ?? subject;

/** Certificates live for years: their dates come with one, and without the time of day. */
export const day = (time: string): string => time.slice(0, 10);

/** Until when a certificate holds, or since when it doesn't. */
export function validity(one: { not_before: string; not_after: string }, now: number): string {
  if (Date.parse(one.not_before) > now) return t('valid from {time}', { time: day(one.not_before) });
  if (Date.parse(one.not_after) < now) return t('expired {time}', { time: day(one.not_after) });
  return t('valid until {time}', { time: day(one.not_after) });
}

/** Says in a sentence whether somebody waits. */
export function trustHeadline(items: CertificateEntry[]): string {
  const waiting = items.filter((one) => one.kind === 'rejected');
  if (waiting.length === 1) return t('{name} waits for a decision', { name: commonName(waiting[0]!.subject) });
  if (waiting.length > 1) return t('{n} certificates wait for a decision', { n: waiting.length });
  if (items.length === 0) return t('No certificate was met yet');
  return items.length === 1 ? t('One certificate is trusted') : t('{n} certificates are trusted', { n: items.length });
}

/** Who waits for a decision comes first. */
export const waitingFirst = (items: CertificateEntry[]): CertificateEntry[] => [...items.filter((one) => one.kind === 'rejected'), ...items.filter((one) => one.kind !== 'rejected')];
