import { parser } from '@prometheus-io/lezer-promql';

export interface Selector {
  metric: string;
  /** Label -> the value that it is compared with. */
  matchers: Record<string, string>;
}

/** The series that a query selects, and the labels by which it groups or joins. Throws where it is no PromQL. */
export function readQuery(query: string): { selectors: Selector[]; grouping: string[] } {
  const selectors: Selector[] = [];
  const grouping: string[] = [];
  const textOf = ({ from, to }: { from: number; to: number }) => query.slice(from, to);

  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${query}`);
      if (node.name === 'VectorSelector') {
        const named = node.node.getChild('Identifier');
        const matchers = node.node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
        selectors.push({
          metric: named ? textOf(named) : '',
          matchers: Object.fromEntries(
            matchers.map((matcher) => [
              textOf(matcher.getChild('LabelName')!),
              textOf(matcher.getChild('StringLiteral')!).slice(1, -1),
            ]),
          ),
        });
      } else if (node.name === 'GroupingLabels') {
        grouping.push(...node.node.getChildren('LabelName').map(textOf));
      }
    },
  });
  return { selectors, grouping };
}
