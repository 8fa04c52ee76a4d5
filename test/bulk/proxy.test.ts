// What is asked of forges goes through the user's proxy, and past it where NO_PROXY says so.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useProxies } from '../../src/io/forge/proxy.ts';

const asked: string[] = [];
const proxy = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  response.end('by the proxy');
});
// undici opens a tunnel also for http.
proxy.on('connect', (request, socket) => {
  asked.push(`CONNECT ${request.url}`);
  socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
});
const direct = createServer((_, response) => response.end('direct'));

beforeAll(async () => {
  for (const server of [proxy, direct]) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterAll(() => {
  proxy.close();
  direct.close();
});

const portOf = (server: typeof proxy) => (server.address() as AddressInfo).port;

test('the proxy is asked, but for hosts that are left out', async () => {
  await useProxies({});
  const here = `http://127.0.0.1:${portOf(direct)}/`;
  expect(await (await fetch(here)).text()).toBe('direct');
  await useProxies({ HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}`, NO_PROXY: '127.0.0.1' });
  expect(await (await fetch(here)).text()).toBe('direct');
  expect(asked).toEqual([]);
  await fetch('http://forge.example/api').catch(() => undefined);
  expect(asked.join()).toMatch(/forge\.example/);
});
