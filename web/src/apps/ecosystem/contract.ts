// The ecosystem room's records by the names of the pages; nothing is typed here that the node's document has.
import type * as made from '../../api/generated';
import type { Known } from '../known';

export type { Capability, CapacityCalendar, Certificate, Organisation, Relationship, SearchHit, Site, Vocabulary } from '../../api/generated';
export type Graph = made.Graph;
export type MapCell = Known<made.MapCell>;
export type Domain = 'production' | 'supply_chain' | 'customer' | 'talent';
export interface SearchAnswer {
  hits: made.SearchHit[];
  total: number;
}
