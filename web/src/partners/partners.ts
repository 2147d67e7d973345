import { all } from '../api/client';
import type { Agreement, Clause, Partner, PartnerState, PlainRule, ProcessState, TermChange, TermsInput, Trust } from '../api/contract';
import { dateTime, duration, number } from '../ui/format.svelte';
import { t } from '../ui/words/words.svelte';

export const partnerPath = (id: string) => `/partners/with/${encodeURIComponent(id)}`;
export const processPath = (id: string) => `/partners/negotiations/${encodeURIComponent(id)}`;
export const agreementPath = (id: string) => `/partners/agreements/${encodeURIComponent(id)}`;

/** Partners' names by id, for pages that show records which name them by id. */
export async function readPartners(): Promise<Map<string, Partner>> {
  return new Map((await all<Partner>('/dataspace/partners')).map((partner) => [partner.id, partner]));
}
export const nameOf = (partners: Map<string, Partner> | undefined, id: string): string => partners?.get(id)?.name ?? id;
/** The part of an id that people compare: ids are long and random. */
export const shortId = (id: string): string => id.replace(/^urn:uuid:/, '').slice(0, 8);

export function trustWord(trust: Trust): string {
  switch (trust) {
    case 'confirmed': return t('Confirmed');
    case 'blocked': return t('Blocked');
    default: return t('Not confirmed');
  }
}
/** How it stands with a partner's node, in a sentence with what to do. */
export function healthSentence(state: PartnerState): string {
  switch (state) {
    case 'works': return t('Both sides know each other.');
    case 'unknown_there': return t('Their node does not know yours yet: their people must confirm it.');
    case 'other_key': return t('Another key answers at this address. Call them before you go on.');
    default: return t('Their node does not answer.');
  }
}
export function healthWord(state: PartnerState): string {
  switch (state) {
    case 'works': return t('Works');
    case 'unknown_there': return t('Waits for them');
    case 'other_key': return t('Other key');
    default: return t('No answer');
  }
}
export function processWord(state: ProcessState): string {
  switch (state) {
    case 'requested': return t('Requested');
    case 'offered': return t('Offered');
    case 'accepted': return t('Accepted');
    case 'agreed': return t('Agreed');
    case 'verified': return t('Verified');
    case 'finalized': return t('Agreement made');
    case 'started': return t('Running');
    case 'suspended': return t('Paused');
    case 'completed': return t('Complete');
    default: return t('Ended without result');
  }
}
export const isOver = (state: ProcessState): boolean => ['finalized', 'completed', 'terminated'].includes(state);

const list = (values: string[]) => values.join(', ');
/** One condition in the reader's language, as the end of a sentence. */
export function clauseText(clause: Clause): string {
  const [first = ''] = clause.values;
  switch (clause.kind) {
    case 'count': return t('at most {n} uses', { n: number(Number(first)) });
    case 'until': return t('until {time}', { time: dateTime(first, false) });
    case 'from': return t('from {time} on', { time: dateTime(first, false) });
    case 'days': return t('for {n} days after the agreement', { n: first });
    case 'frequency': return first.includes('once') ? t('once') : t('any number of times');
    case 'purpose': return t('for {list}', { list: list(clause.values) });
    case 'region': return t('in {list}', { list: list(clause.values) });
    case 'machine': return t('on the machines {list}', { list: list(clause.values) });
    case 'recipient': return t('by {list}', { list: list(clause.values) });
    case 'aggregation': return t('as means over at least {span}', { span: duration(Number(first) * 1000) });
    case 'masked': return t('without the fields {list}', { list: list(clause.values) });
    case 'membership': return t('by members only');
    case 'framework': return t('under {list}', { list: list(clause.values) });
    case 'group': return t('by partners in {list}', { list: list(clause.values) });
    default: return list(clause.values);
  }
}
/** A rule as a sentence. */
export function ruleText(rule: PlainRule): string {
  const begin =
    rule.kind === 'may' ? (rule.action === 'use' ? t('May be used') : t('May: {action}', { action: rule.action }))
    : rule.kind === 'must_not' ? (rule.action === 'distribute' ? t('Must not be passed on') : t('Must not: {action}', { action: rule.action }))
    : t('Must: {action}', { action: rule.action });
  const conditions = rule.clauses.map(clauseText);
  if (rule.kind === 'may' && conditions.length === 0) return t('May be used without conditions.');
  return [begin, ...conditions].join(', ') + '.';
}

/** What changed between two versions, as sentences. */
export function changeText(change: TermChange): string {
  const { before, after } = change;
  if (before && after) return t('Was: {before}. Now: {after}.', { before: clauseText(before), after: clauseText(after) });
  if (after) return t('New: {what}.', { what: clauseText(after) });
  if (before) return t('No longer: {what}.', { what: clauseText(before) });
  const rule = ruleText({ kind: change.kind, action: change.action, clauses: [] }).replace(/\.$/, '');
  return change.added ? t('New: {what}.', { what: rule }) : t('No longer: {what}.', { what: rule });
}
/** The form's terms that say what these rules say; nothing when the form has no words for all of them. */
export function termsOf(rules: PlainRule[]): TermsInput | null {
  const terms: TermsInput = {};
  for (const rule of rules) {
    if (rule.kind === 'must_not' && rule.action === 'distribute' && rule.clauses.length === 0 && !terms.no_sharing) {
      terms.no_sharing = true;
      continue;
    }
    if (rule.kind !== 'may' || rule.action !== 'use' || rule !== rules.find((one) => one.kind === 'may')) return null;
    for (const { kind, values } of rule.clauses) {
      const [first = ''] = values;
      if (kind === 'count') terms.count = Number(first);
      else if (kind === 'until') terms.until = first;
      else if (kind === 'purpose') terms.purposes = values;
      else if (kind === 'region') terms.regions = values;
      else if (kind === 'machine') terms.machines = values;
      else if (kind === 'aggregation') terms.aggregate_s = Number(first);
      else if (kind === 'masked') terms.masked = values;
      else if (kind === 'membership') terms.members_only = true;
      else if (kind === 'framework') terms.framework = first;
      else return null;
    }
  }
  return terms;
}
/** A message's kind, from its evidence; the node's own words for what isn't a message. */
export function messageType(detail: string): string {
  try {
    const read = JSON.parse(detail) as { '@type'?: unknown; eventType?: unknown };
    const type = typeof read['@type'] === 'string' ? read['@type'] : '';
    const event = typeof read.eventType === 'string' ? ` ${read.eventType.replace(/^dspace:/, '')}` : '';
    return type.replace(/Message$/, '').replace(/([a-z])([A-Z])/g, '$1 $2') + event;
  } catch {
    return '';
  }
}
export function pretty(detail: string): string {
  try {
    return JSON.stringify(JSON.parse(detail), null, 2);
  } catch {
    return detail;
  }
}
/** Bytes for people. */
export function bytes(count: number): string {
  if (count < 1000) return `${number(count, 0)} B`;
  if (count < 1_000_000) return `${number(count / 1000, 1)} kB`;
  return `${number(count / 1_000_000, 1)} MB`;
}
/** A record's id from a title: letters, digits and hyphens, unlike those that are taken. */
export function idFrom(title: string, taken: (id: string) => boolean): string {
  const base = title.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replaceAll('ß', 'ss').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 55) || 'offer';
  let id = base;
  for (let count = 2; taken(id); count++) id = `${base}-${count}`;
  return id;
}
/** Waits until `read` gives something, at most `most` tries. */
export async function poll<T>(read: () => Promise<T | undefined>, most = 40, pauseMs = 250): Promise<T | undefined> {
  for (let tries = 0; tries < most; tries++) {
    const found = await read();
    if (found !== undefined) return found;
    await new Promise((done) => setTimeout(done, pauseMs));
  }
  return undefined;
}
export function agreementWord(agreement: { status: Agreement['status']; until: string | null }): string {
  if (agreement.status === 'revoked') return t('Revoked');
  if (agreement.status === 'ended') return t('Ended');
  if (agreement.status === 'superseded') return t('Superseded');
  return agreement.until && Date.parse(agreement.until) < Date.now() ? t('Expired') : t('In force');
}
