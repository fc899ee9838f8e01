import type { K8sCase } from '../k8s-case';
import { inOrder } from '../checks/afterwards';
import { untilOnlyVolumes } from '../remains';
import { takeStock } from '../stock';
import { BASE } from '../values';
import { inWords, same } from './volumes';

export const removal: K8sCase[] = [
  {
    name: 'uninstall',
    item: 'ConfigMap and PersistentVolume',
    title: 'helm uninstall, and an install on what is left',
    run: async ({ release, say }) => {
      await inOrder(release);
      const stock = await takeStock(release);
      await release.helm(['uninstall', release.name, '--wait', '--timeout', '3m']);
      const left = await untilOnlyVolumes(release.namespace);
      say(left.join(', '));
      await release.deploy([BASE], { smoke: false });
      same('the stock', stock, await takeStock(release));
      return [
        `left: ${left.join(', ')}`,
        `installed again it goes on where it was: ${inWords(stock)}`,
        ...(await inOrder(release)),
      ];
    },
  },
];
