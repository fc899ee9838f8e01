import type { CookieOptions, Request, Response } from 'express';

/** Browsers refuse larger ones, name and value together. */
const LARGEST_BYTES = 4_096;

export interface Cookies {
  read(req: Request, name: string): string | undefined;
  /** False when it would be too large for a browser. */
  write(res: Response, name: string, value: string, until: Date): boolean;
  clear(res: Response, name: string): void;
}

/**
 * Our cookies: out of scripts' reach, never sent from other sites but by a link. By https they are bound to this very host; by
 * http, in development, the port is in their names, because all ports of a host share its cookies.
 */
export function createCookies(publicUrl: string): Cookies {
  const { protocol, port } = new URL(publicUrl);
  const secure = protocol === 'https:';
  const full = (name: string) => (secure ? `__Host-outerpark-${name}` : `outerpark${port && `-${port}`}-${name}`);
  const options: CookieOptions = { httpOnly: true, sameSite: 'lax', secure, path: '/' };
  return {
    read: (req, name) => {
      const start = `${full(name)}=`;
      const pairs = (req.headers.cookie ?? '').split(';').map((pair) => pair.trim());
      return pairs.find((pair) => pair.startsWith(start))?.slice(start.length);
    },
    write: (res, name, value, until) => {
      if (full(name).length + value.length > LARGEST_BYTES) return false;
      res.cookie(full(name), value, { ...options, expires: until });
      return true;
    },
    clear: (res, name) => void res.clearCookie(full(name), options),
  };
}
