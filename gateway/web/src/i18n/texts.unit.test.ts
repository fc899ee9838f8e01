import * as adminEn from './en/admin';
import * as commonEn from './en/common';
import * as customerEn from './en/customer';
import * as operateEn from './en/operate';
import * as adminKo from './ko/admin';
import * as commonKo from './ko/common';
import * as customerKo from './ko/customer';
import * as operateKo from './ko/operate';

const flat = (texts: object, path = ''): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : flat(value as object, `${path}${key}.`),
  );
const variables = (text: string): string[] => [...text.matchAll(/{{(\w+)/g)].map(([, name]) => name ?? '').sort();

const areas: [string, object, object][] = [
  ['common', commonEn.common, commonKo.common],
  ['customer', customerEn.customer, customerKo.customer],
  ['admin', adminEn.admin, adminKo.admin],
  ['operate', operateEn.operate, operateKo.operate],
];

describe.each(areas)('the texts of %s', (_, english, korean) => {
  const en = new Map(flat(english));
  const ko = new Map(flat(korean));

  it('have the same keys in both languages', () => {
    expect([...ko.keys()].sort()).toEqual([...en.keys()].sort());
  });

  it('are never empty and name the same variables in both languages', () => {
    for (const [key, text] of en) {
      const other = ko.get(key) ?? '';
      expect([key, text.trim() !== '', other.trim() !== '']).toEqual([key, true, true]);
      expect([key, variables(other)]).toEqual([key, variables(text)]);
    }
  });
});
