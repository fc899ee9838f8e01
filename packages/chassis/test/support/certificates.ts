import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificates {
  ca: string;
  cert: string;
  key: string;
  /** Key and certificate in one file, as Kafka wants them. */
  both: string;
}

/** Files in `dir`: a certificate for localhost and 127.0.0.1, signed by an authority that nobody knows. */
export function makeCertificates(dir: string): Certificates {
  const path = (name: string) => join(dir, name);
  const [ca, caKey, cert, key, both] = ['ca.pem', 'ca.key', 'cert.pem', 'cert.key', 'both.pem'].map(path) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const make = (...args: string[]) =>
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', ...args],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
  make('-subj', '/CN=test authority', '-keyout', caKey, '-out', ca);
  const names = [
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
    '-addext',
    'basicConstraints=critical,CA:FALSE',
  ];
  make('-subj', '/CN=localhost', ...names, '-CA', ca, '-CAkey', caKey, '-keyout', key, '-out', cert);
  writeFileSync(both, execFileSync('cat', [key, cert]), { mode: 0o600 });
  return { ca, cert, key, both };
}
