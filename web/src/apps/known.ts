/**
 * A record whose figures are all known: in the document any figure may be null, as the node writes what is no number so. For
 * records that are counted or checked before they are stored. What may be absent stays so.
 */
export type Known<T> = T extends (infer Item)[] ? Known<Item>[] : T extends object ? { [Name in keyof T]: undefined extends T[Name] ? T[Name] : number extends T[Name] ? Exclude<T[Name], null> : Known<T[Name]> } : T;
