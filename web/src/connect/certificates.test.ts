import { describe, expect, it } from 'vitest';
import type { CertificateEntry } from '../api/contract';
import { commonName, trustHeadline, validity, waitingFirst } from './certificates';

const entry = (name: string, kind: CertificateEntry['kind']): CertificateEntry => ({ fingerprint: 'AA:BB', subject: `CN = ${name}, O = Example`, application_uri: '', not_before: '2026-01-01T00:00:00Z', not_after: '2027-01-01T00:00:00Z', authority: false, kind });

describe('certificates', () => {
  it('calls a certificate by its common name', () => {
    expect(commonName('CN = press-4, O = Example')).toBe('press-4');
    expect(commonName('O = Example, CN=press-4')).toBe('press-4');
    expect(commonName('O = Example')).toBe('O = Example');
  });
  it('says who waits before how many are trusted', () => {
    expect(trustHeadline([])).toBe('No certificate was met yet');
    expect(trustHeadline([entry('a', 'trusted'), entry('press-4', 'rejected')])).toBe('press-4 waits for a decision');
    expect(trustHeadline([entry('a', 'rejected'), entry('b', 'rejected')])).toBe('2 certificates wait for a decision');
    expect(trustHeadline([entry('a', 'trusted')])).toBe('One certificate is trusted');
    expect(trustHeadline([entry('a', 'trusted'), entry('b', 'trusted')])).toBe('2 certificates are trusted');
  });
  it('puts who waits first', () => {
    expect(waitingFirst([entry('a', 'trusted'), entry('b', 'rejected')]).map((one) => one.kind)).toEqual(['rejected', 'trusted']);
  });
  it('tells a certificate that has expired, or does not hold yet', () => {
    const one = entry('a', 'trusted');
    expect(validity(one, Date.parse('2026-06-01T00:00:00Z'))).toBe('valid until 2027-01-01');
    expect(validity(one, Date.parse('2028-06-01T00:00:00Z'))).toBe('expired 2027-01-01');
    expect(validity(one, Date.parse('2025-06-01T00:00:00Z'))).toBe('valid from 2026-01-01');
  });
});
