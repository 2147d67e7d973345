// The pure part of convening: growth against the charter, and what a problem needs for its next stage.
import { t } from '../../ui/words/words.svelte';
import type { BoardProblem, ChangeRequest, Stage } from './contract';

export interface Growth {
  /** Accepted and not yet decided. */
  units: number;
  cost: number;
  waitingUnits: number;
  waiting: number;
  /** Of what was chartered; 0 when nothing was. */
  share: number;
}
export function growthOf(chartered: number, requests: ChangeRequest[]): Growth {
  const sum = (state: ChangeRequest['state'], value: (one: ChangeRequest) => number) => requests.filter((one) => one.state === state).reduce((total, one) => total + value(one), 0);
  const units = sum('accepted', (one) => one.units);
  return { units, cost: sum('accepted', (one) => one.cost), waitingUnits: sum('asked', (one) => one.units), waiting: requests.filter((one) => one.state === 'asked').length, share: chartered > 0 ? units / chartered : 0 };
}

export const stages: Stage[] = ['pitched', 'cohort', 'agreed', 'pilot', 'result'];
export const nextStage = (stage: Stage): Stage | null => stages[stages.indexOf(stage) + 1] ?? null;
export function stageName(stage: Stage): string {
  switch (stage) {
    case 'pitched': return t('Pitched');
    case 'cohort': return t('Cohort');
    case 'agreed': return t('Joint agreement');
    case 'pilot': return t('Pilot');
    default: return t('Result');
  }
}
/** What is still to be said before the problem can go on, in words; the node checks the same. */
export function missingFor(problem: BoardProblem): string[] {
  const out: string[] = [];
  switch (nextStage(problem.stage)) {
    case 'cohort':
      if (problem.cohort.length < (problem.desk === 'club' ? 2 : 1)) out.push(problem.desk === 'club' ? t('two members that work on it') : t('who works on it'));
      if (problem.desk === 'analytics' && !problem.data) out.push(t('where its data lies'));
      if (problem.desk === 'analytics' && !problem.triage) out.push(t('the triage'));
      break;
    case 'agreed':
      if (!problem.agreement) out.push(t('what the cohort agrees'));
      break;
    case 'pilot':
      if (!problem.success_measure) out.push(t('when the pilot has succeeded'));
      break;
    case 'result':
      if (!problem.result) out.push(t('what came out'));
      break;
    default:
  }
  return out;
}
/** An id that nobody has: readable, and different each time. */
export const newId = (title: string): string => `${title.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 50) || 'entry'}-${Date.now().toString(36)}`;
