import { encode } from 'uqr';
import type { ElementRow } from '../../api/contract';

/** Is it a Digital Nameplate (IDTA 02006), of whatever edition? */
export const isNameplate = (of: { semantic_id: string }): boolean => /^https:\/\/admin-shell\.io\/(idta|zvei)\/nameplate\/\d+\/\d+\/Nameplate$/.test(of.semantic_id);

/** Ids of URIOfTheProduct: of the nameplate's editions 3 and 2. */
const kProductAddress = ['0112/2///61987#ABN590', '0173-1#02-AAY811'];
const kLinkMax = 255;

export interface Identification {
  link: string;
  /** The product's own address; else this node's page of the twin. */
  own: boolean;
}

/**
 * The link that identifies the thing, for a mark on it: a web address of at most 255 characters (IEC 61406-1). A nameplate
 * whose product address is no web address, as a URN, leads to the twin's page at this node.
 */
export function identification(rows: ElementRow[], submodel: string, origin: string): Identification | null {
  const row = rows.find((one) => kProductAddress.some((id) => one.semantic_id.startsWith(id)) || one.id_short === 'URIOfTheProduct');
  const fits = (link: string) => link.length <= kLinkMax && /^https?:\/\/[^\s/]+/.test(link) && URL.canParse(link);
  const product = row?.value.trim() ?? '';
  if (fits(product)) return { link: product, own: true };
  const page = `${origin}/twin?submodel=${encodeURIComponent(submodel)}`;
  return fits(page) ? { link: page, own: false } : null;
}

/** A code as one path of unit squares, and how many of them it is wide. */
export interface Code {
  size: number;
  path: string;
}

/** The quiet zone around it is the picture's. A mark on a machine gets scratched: a quarter of it may be lost. */
export function codeOf(link: string): Code {
  const { data, size } = encode(link, { ecc: 'Q', border: 0 });
  let path = '';
  data.forEach((line, y) => line.forEach((dark, x) => { if (dark) path += `M${x} ${y}h1v1h-1z`; }));
  return { size, path };
}
