// Sends what is asked of forges through the user's proxies: `fetch` of Node 20 does not look at the variables itself.

import type { ProcessEnvironment } from '../worktree/git.ts';

const VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'] as const;

let used: Promise<void> | undefined;

/** Lets every later `fetch` go by HTTP_PROXY, HTTPS_PROXY and NO_PROXY (or lower case); done once, and nothing where none is set. */
export function useProxies(env: ProcessEnvironment): Promise<void> {
  if (!VARIABLES.some((name) => env[name])) return Promise.resolve();
  used ??= import('undici').then(({ EnvHttpProxyAgent, setGlobalDispatcher }) => {
    const options = {
      httpProxy: env.http_proxy ?? env.HTTP_PROXY,
      httpsProxy: env.https_proxy ?? env.HTTPS_PROXY,
      noProxy: env.no_proxy ?? env.NO_PROXY,
    };
    const set = Object.entries(options).filter(([, value]) => value !== undefined && value !== '');
    setGlobalDispatcher(new EnvHttpProxyAgent(Object.fromEntries(set)));
  });
  return used;
}
