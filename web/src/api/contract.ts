// The node's records as the pages see them.

/** One page of a list; `next` is the cursor of the following one. */
export interface Page<T> {
  items: T[];
  next?: string | null;
}
export type Level = 'enterprise' | 'site' | 'area' | 'line' | 'work_unit' | 'asset';
export interface Asset {
  id: string;
  name: string;
  level: Level;
  parent: string;
  kind: string;
  template_id: string;
  calendar?: string;
  manufacturer: string;
  model: string;
  serial: string;
  description: string;
  position: number;
}
export type ValueType = 'null' | 'real' | 'integer' | 'boolean' | 'text';
export type Quality = 'good' | 'uncertain' | 'bad';
export type Interpolation = 'step' | 'linear' | 'none';
export interface Signal {
  number: number;
  asset: string;
  name: string;
  meaning: string;
  type: ValueType;
  unit: string;
  interpolation: Interpolation;
  low: number | null;
  high: number | null;
  description: string;
}
export type MachineState = 'producing' | 'idle' | 'setup' | 'down' | 'planned_stop' | 'offline';
export type EventKind = 'state' | 'good' | 'scrap' | 'rework' | 'reason' | 'order' | 'alarm' | 'alarm_end' | 'gap';
export interface ProductionEvent {
  id: string;
  time: string;
  asset: string;
  kind: EventKind;
  state: MachineState | null;
  quantity: number;
  duration_ns: number;
  reason: string;
  order: string;
  product: string;
  source: string;
  actor: string;
}
export interface Product { id: string; name: string; description: string; ideal_cycle_s: number; cycles_s: Record<string, number> }
export interface ReasonCode { id: string; name: string; parent: string; planned: boolean; loss: string; kinds: string[]; position: number }
export interface Pause { begin: string; end: string }
export interface ShiftRule { name: string; days: string[]; begin: string; end: string; breaks: Pause[] }
export interface Calendar { id: string; name: string; time_zone: string; shifts: ShiftRule[]; exceptions: { name: string; first: string; last: string; shifts: ShiftRule[] }[] }
export interface ImportRow { line: number; fate: 'create' | 'update' | 'unchanged' | 'error'; id: string; errors: (string | { path: string; message: string })[] }
export interface ImportReport { rows: ImportRow[]; created: number; updated: number; unchanged: number; failed: number }
export interface TemplateSignal { name: string; meaning: string; type: ValueType; unit: string; description: string; addresses: Record<string, string[]> }
export interface MachineTemplate { id: string; title: string; summary: string; kind: string; manufacturer: string; model: string; signals: TemplateSignal[]; settings: Record<string, unknown> }

export type Value = number | string | boolean | null;
export interface LastValue { signal: number; time_ms: number | null; value: Value; quality: Quality }
export interface ChartSeries { signal: number; t: number[]; min: (number | null)[]; max: (number | null)[]; last: (number | null)[] }

export type Health = 'starting' | 'active' | 'idle' | 'degraded' | 'stopped';
export interface Protocol { id: string; title: string; summary: string; schema: unknown }
export interface Connection { id: string; name: string; protocol: string; enabled: boolean; asset: string; template_id: string; settings: Record<string, unknown> }
export interface Notice { kind: string; time: string; device: string; message: string; sample: string; begin: string | null; end: string | null }
export interface ConnectionHealth { id?: string; connection?: string; health: Health; reason: string; since: string | null; samples: number; dropped: number; rejected: number; last_data: string | null; notices?: Notice[] }
export interface Declaration { address: string; device: string; name: string; type: ValueType; unit: string; meaning: string; interpolation: Interpolation; description: string }
export interface BrowsedValue { declaration: Declaration; value: string; quality: Quality; time: string | null }

export type Severity = 'info' | 'warning' | 'critical';
export interface Finding { app: string; key: string; asset: string; severity: Severity; title: string; detail: string; begin: string; end: string | null }

/** A role everywhere, or at some sites only. */
export interface RoleGrant { role: string; sites?: string[] }
export interface User { id: string; name: string; roles: RoleGrant[]; disabled: boolean }
/** Who is signed in; `permissions` are those held everywhere or at some site. */
export interface SessionUser { id: string; name: string; roles: RoleGrant[]; permissions: string[]; sites: string[] }
export interface Session { user: SessionUser | null; setup_needed: boolean }
/** `secret` is there once, in the answer that made it. */
export interface Token { id: string; name: string; owner: string; scopes: string[]; created: string; expires: string; secret?: string }
export interface Role { id: string; name: string; summary: string; permissions: string[] }
export interface JournalItem { sequence: number; time: string; actor: string; action: string; kind: string; id: string; version: number; detail: unknown; hash: string }
export interface Setting { path: string; variable: string; value: string; summary: string }
export interface SettingsVersion { id: string; time: string; current: boolean; changes: { path: string; before: string; after: string }[] }

/** One machine as the performance app sees it now. */
export interface BoardMachine {
  asset: string;
  name: string;
  kind: string;
  state: MachineState;
  since: string | null;
  reason: string;
  reason_name: string;
  alarm: string;
  order: string;
  product: string;
  shift: string;
  shift_begin: string | null;
  shift_end: string | null;
  oee: number | null;
  availability: number | null;
  effectiveness: number | null;
  quality: number | null;
  coverage: number;
  good: number;
  scrap: number;
  target: number | null;
  missing: string;
}
export interface BoardLine { asset: string; name: string; oee: number | null; good: number; scrap: number; machines: BoardMachine[] }
export interface Board { now: string; lines: BoardLine[] }

export interface Kpi { id: string; name: string; value: number | null; unit: string; formula: string; missing: string }
export interface LossNode { id: string; group: string; name: string; ns: number; share: number }
export type Elements = Record<string, number>;
export interface ReportRow { key: string; begin: string; end: string; elements: Elements; coverage: number; kpis: Kpi[]; losses: LossNode[] }
export interface PerformanceReport {
  asset: string; name: string; from: string; to: string; formula_version: number; machines: number; coverage: number; partial: boolean;
  elements: Elements; kpis: Kpi[]; losses: LossNode[]; rows: ReportRow[];
}
export interface StateSpan { begin: string; end: string; state: MachineState; reason: string; reason_name: string; order: string; product: string; element: string }
export interface StateTimeline { asset: string; from: string; to: string; items: StateSpan[] }
export interface ParetoBar { reason: string; name: string; element: string; ns: number; stops: number; cumulative_share: number }
export interface Stop { begin: string; end: string; open: boolean; state: MachineState; reason: string; reason_name: string; element: string; ns: number; event_id: string }
export interface DowntimeReport { asset: string; from: string; to: string; total_ns: number; unexplained_ns: number; pareto: ParetoBar[]; stops: Stop[] }
