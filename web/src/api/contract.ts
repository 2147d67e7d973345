// The node's records as the pages see them: names of the pages for what `generated.ts` has from the node's own document.
// Nothing is typed here that the document has; what it can't say (the members of a free JSON value) is narrowed.
import type * as made from './generated';

/** One page of a list; `next` is the cursor of the following one. */
export interface Page<T> {
  items: T[];
  next?: string | null;
}

export type { AssetInput, BrowsedValue, ConnectionHealth, Declaration, MappedAddress, Notice } from './generated';
export type { Asset, Calendar, ImportReport, ImportRow, MachineTemplate, Product, ProductionEvent, ReasonCode, ShiftRule, Signal, TemplateSignal } from './generated';
export type { Finding, RoleGrant, RoleView as Role, SessionUser, SessionView as Session, Token, TokenMade, User } from './generated';
export type { SettingsVersionView as SettingsVersion, SettingView as Setting } from './generated';
export type { Board, BoardLine, BoardMachine, DowntimeReport, Elements, Kpi, LossNode, ParetoBar, PerformanceReport, ReportRow, Stop } from './generated';
export type { StateSpan, StateTimeline } from './generated';
export type { HistoryChart, HistoryChartSeries as ChartSeries, JournalItem, JournalVerdict, NodeAbout, ProtocolView as Protocol, TemplateSummary } from './generated';
export type { Agreement, AgreementVersions, AgreementView, Amendment, AmendmentView, Clause, TermChange, Dataset, Decision, Evidence, EvidenceVerdict, GrantedUse, Introduction, Introductions, Received } from './generated';
export type { MakerJob } from './generated';
export type { OfferedDataset, OfferTemplate, OwnView, Partner, PartnerCard, PartnerCatalogue, PartnerHealth, PlainRule, Process, ProcessView } from './generated';
export type { SharedFileList, TermsInput, TermsInWords } from './generated';
export type { CertificateEntry, MachineChange, OpcuaCertificates } from './generated';
export type { CauseLink, ClosedSpan, DispatchRow, FreeCapacity, Gantt, GanttMachine, GanttOperation, GanttOrder, LateOrder, MachineLoad, MoveAnswer, OrderPromise } from './generated';
export type { OrderOutlook, Outlook, OutlookAnswer, PlannedChange, ProductionOrder, Reliability, Routing, ScheduleVersion, SchedulingException, TellAnswer, VersionAnswer, VersionLine } from './generated';
export type { Operator } from './generated';
export type TellKind = made.TellRequestInput['kind'];
export type { SimulatedLine, SimulatedMachine, SimulationState, Trouble } from './generated';
export type { ElementRow, InterfaceReport, SemanticHit, ShellRow, SubmodelView, TwinChange, TwinDifference, TwinFinding, TwinImportReport, TwinVersionRow, WhatIfAnswer, WhatIfFigure, WhatIfMachines } from './generated';

export type Level = made.Asset['level'];
export type ValueType = made.Signal['type'];
export type Interpolation = made.Signal['interpolation'];
export type MachineState = made.BoardMachine['state'];
export type EventKind = made.ProductionEvent['kind'];
export type Quality = made.BrowsedValue['quality'];
export type Health = made.ConnectionHealth['health'];
export type DatasetKind = made.Dataset['kind'];
export type PartnerState = made.PartnerHealth['state'];
export type ProcessState = made.Process['state'];
export type ProcessStep = made.StepInputInput['step'];
export type Trust = made.Partner['trust'];
export type Severity = made.Finding['severity'];


/** A sample's value; JSON of any scalar kind. */
export type Value = number | string | boolean | null;
export type LastValue = Omit<made.HistoryLast, 'value'> & { value: Value };
/** `settings` is an object after the protocol's schema. */
export type Connection = Omit<made.ConnectionRecord, 'settings'> & { settings: Record<string, unknown> };
