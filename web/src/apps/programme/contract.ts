// The programme room's records by the names of the pages; nothing is typed here that the node's document has.
import type * as made from '../../api/generated';
import type { Known } from '../known';

export type { Approval, LiveLine, MatchedOffer, PartMatch } from '../../api/generated';
export type ChangeLine = Known<made.ChangeLine>;
export type Design = Known<made.Design>;
export type FlowLink = Known<made.FlowLink>;
export type FlowNode = Known<made.FlowNode>;
export type Gating = Known<made.Gating>;
export type Need = Known<made.Need>;
export type Order = Known<made.Order>;
export type PlanHead = Known<made.PlanHead>;
export type PlanPicture = Known<made.PlanPicture>;
export type Rehearsal = Known<made.Rehearsal>;
export type RehearsalTrouble = Rehearsal['weeks'][number]['troubles'][number];
export type StressLine = Known<made.StressLine>;
export type Tower = Known<made.Tower>;
export type TowerLine = Known<made.TowerLine>;
/** `actual` and `open_parts` are absent for weeks to come. */
export type TowerWeek = Omit<Known<made.TowerWeek>, 'actual' | 'open_parts'> & Pick<made.TowerWeek, 'actual' | 'open_parts'>;
export type Alarm = Tower['alarms'][number];
export type Aim = made.PlanHead['aim'];
export type OrderState = made.Order['state'];
export type OrderAction = 'accept' | 'decline' | 'counter' | 'start' | 'ship' | 'receive' | 'hold' | 'release' | 'cancel';
export type ChangeRequest = Known<made.ChangeRequest>;
export type Milestone = Known<made.Milestone>;
export type Decision = Known<made.ProgrammeDecision>;
export type Responsibility = Known<made.Responsibility>;
export type Investment = Known<made.Investment>;
export type BoardProblem = Known<made.BoardProblem>;
export type Names = made.Names;
export type Stage = BoardProblem['stage'];
