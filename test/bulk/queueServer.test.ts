// The queue's server: what is refused, what is never shown, and what all machines obey together.

import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { campaignFrom, jobDataFrom, wordFrom } from '../../src/bulk/queue/queueData.ts';
import { hostOf } from '../../src/bulk/queue/queueFill.ts';
import { jobId, queueName } from '../../src/io/redis/jobs.ts';
import { queueAddress, withoutSecrets } from '../../src/io/redis/redisAddress.ts';
import { openServer, type QueueServer } from '../../src/io/redis/server.ts';
import { sharedPacer, sharedWave } from '../../src/io/redis/turns.ts';
import { refusalOf } from '../../src/text/userError.ts';
import { campaign, targets } from './queueProcesses.ts';
import { hasRedis, type RedisServer, redisServer } from './redisServer.ts';

async function refusal(work: () => unknown) {
  try {
    await work();
  } catch (error) {
    // All that --verbose could show of it.
    const seen = refusalOf(error);
    return { ...seen, all: `${JSON.stringify(seen)} ${error instanceof Error ? error.stack : ''}` };
  }
  throw new Error('nothing was refused');
}

describe('the address of a queue', () => {
  test('is taken apart', () => {
    expect(queueAddress('redis://:p%40ss@queue.example.com/3')).toEqual({
      ...{ host: 'queue.example.com', port: 6379, password: 'p@ss', database: 3, secure: false },
      shown: 'redis://queue.example.com:6379/3',
    });
    expect(queueAddress('rediss://ada:secret@[::1]:7000')).toEqual({
      ...{ host: '::1', port: 7000, user: 'ada', password: 'secret', database: 0, secure: true },
      shown: 'rediss://[::1]:7000/0',
    });
  });

  test.each([
    'http://ada:secret@host',
    'redis:secret',
    'secret',
    'redis://ada:secret@host/two',
    'redis://ada:secret@host/1?x=secret',
    'redis://ada:secret%zz@host',
    'redis://ada:secret@host:99999',
  ])('%s is refused without repeating it', async (url) => {
    const { next, all } = await refusal(() => queueAddress(url));
    expect(next).toMatch(/redis:\/\/\[user:password@\]host/);
    expect(all).not.toMatch(/secret/);
  });

  test('leaves the password out of any text, however it is written', () => {
    const address = queueAddress('redis://:p%40ss%2Fw@host');
    expect(withoutSecrets('AUTH p@ss/w; redis://:p%40ss%2Fw@host', address)).toBe('AUTH ***; redis://:***@host');
  });
});

describe('names in the queue', () => {
  test('are different for different campaigns and hosts, and none that BullMQ refuses', () => {
    expect(queueName('a.b', 'c')).not.toBe(queueName('a', 'b.c'));
    expect(queueName('a', 'git.example.com:8443')).toBe('pyvenv-fix/a/git.example.com_8443');
    expect(jobId('1', 'k')).toMatch(/^t[0-9a-f]{32}$/);
    expect(jobId('1', 'k')).not.toBe(jobId('2', 'k'));
  });

  test('go by the host that is asked', () => {
    const hosts = ['https://git.example.com:8443/a/b', 'ssh://git@Git.example.com/a', 'file:///srv/a', undefined].map(
      (url) => hostOf({ key: 'k', name: 'k', ...(url !== undefined && { url }) }),
    );
    expect(hosts).toEqual(['git.example.com:8443', 'git.example.com', 'local', 'local']);
  });
});

describe('what is read from a queue', () => {
  const target = { key: 'https://h/a', name: 'a', url: 'https://h/a' };
  const data = { campaign: 'spring', run: '0123456789abcdef', target };

  test('is what was put in', () => {
    expect(jobDataFrom(JSON.parse(JSON.stringify(data)))).toEqual(data);
    for (const one of targets(5)) expect(jobDataFrom({ ...data, target: one })).toBeDefined();
    for (const wave of [undefined, 3]) {
      const made = campaign(wave === undefined ? {} : { wave, template: '{{changes}}' });
      expect(campaignFrom(JSON.stringify(made))).toEqual(made);
    }
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'x'],
    ['a campaign that is a path', { ...data, campaign: '../x' }],
    ['a target without a key', { ...data, target: { name: 'a' } }],
    ['a folder that is not absolute', { ...data, target: { key: 'k', name: 'a', folder: 'x' } }],
    ['an option for an address', { ...data, target: { ...target, url: '--upload-pack=x' } }],
    ['credentials in an address', { ...data, target: { ...target, url: 'https://ada:secret@h/a' } }],
    ['a key that nobody knows', { ...data, target: { ...target, run: 'x' } }],
  ])('%s is no job', (_, wrong) => {
    expect(jobDataFrom(wrong)).toBeUndefined();
  });

  test('is no word, and no campaign, where it is something else', () => {
    for (const text of ['', '{', '[]', '{"kind":"end"}', '{"kind":"end","result":{"key":"k"},"target":{}}']) {
      expect(wordFrom(text)).toBeUndefined();
      expect(campaignFrom(text)).toBeUndefined();
    }
  });
});

describe.skipIf(!hasRedis)('a server (skipped where redis-server is not installed)', { timeout: 30_000 }, () => {
  const refused = async (settings: Record<string, string>, url: (server: RedisServer) => string = ({ url }) => url) => {
    const server = await redisServer(settings);
    try {
      return await refusal(() => openServer(url(server)));
    } finally {
      await server.close();
    }
  };

  test('without an append-only file is refused', async () => {
    const { what, next } = await refused({ appendonly: 'no' });
    expect(what).toMatch(/append-only/);
    expect(next).toMatch(/CONFIG SET appendonly yes/);
  });

  test('that drops keys is refused', async () => {
    const { what, next } = await refused({ 'maxmemory-policy': 'allkeys-lru', maxmemory: '100mb' });
    expect(what).toMatch(/allkeys-lru/);
    expect(next).toMatch(/noeviction/);
  });

  test('of a cluster is refused', async () => {
    const { what } = await refused({ 'cluster-enabled': 'yes' });
    expect(what).toMatch(/cluster/);
  });

  test('that hides INFO is told so', async () => {
    const server = await redisServer();
    await server.client().acl('SETUSER', 'ada', 'on', '>s3cret', '~*', '+@all', '-info', '-config');
    const { what, all } = await refusal(() => openServer(`redis://ada:s3cret@127.0.0.1:${server.port}`));
    await server.close();
    expect(what).toMatch(/does not answer INFO/);
    expect(all).not.toMatch(/s3cret/);
  });

  test.each([
    ['no password', ''],
    ['a wrong password', ':s3cret-wrong@'],
    ['a wrong user', 'ada:s3cret-wrong@'],
  ])('that gets %s refuses us, and says so without it', async (_, who) => {
    const { what, all } = await refused({ requirepass: 's3cret' }, ({ port }) => `redis://${who}127.0.0.1:${port}`);
    expect(what).toMatch(/does not let us in/);
    expect(all).not.toMatch(/s3cret/);
  });

  test('that is not there, or is something else, is named', async () => {
    const web: Server = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    web.listen(0, '127.0.0.1');
    await new Promise((done) => web.once('listening', done));
    const address = web.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const other = await refusal(() => openServer(`redis://:s3cret@127.0.0.1:${port}`));
    expect(other).toMatchObject({ where: `redis://127.0.0.1:${port}/0` });
    expect(other.all).not.toMatch(/s3cret/);
    await new Promise((done) => web.close(done));
    const none = await refusal(() => openServer(`redis://:s3cret@127.0.0.1:${port}`));
    expect(none.what).toMatch(/cannot be reached/);
    expect(none.all).not.toMatch(/s3cret/);
  });

  describe('shared by machines', () => {
    let server: RedisServer;
    let machines: QueueServer[];
    beforeAll(async () => {
      server = await redisServer();
      machines = [await openServer(server.url), await openServer(server.url)];
    });
    afterAll(async () => {
      for (const { close } of machines) close();
      await server.close();
    });
    const { signal } = new AbortController();
    /** The server's own clock, in milliseconds. */
    const time = async () => {
      const [seconds, micros] = (await machines[0]!.redis.time()).map(Number);
      return seconds! * 1000 + micros! / 1000;
    };

    test('gives each host’s turns one after another, on whatever machine', async () => {
      const pacers = machines.map(({ redis }) => sharedPacer(redis, { rate: 3_600_000, leastGap: 40 }));
      const began = await time();
      await Promise.all(Array.from({ length: 10 }, (_, at) => pacers[at % 2]!.turn('one', signal)));
      // Ten turns have nine gaps between them, however late anybody is.
      expect((await time()) - began).toBeGreaterThanOrEqual(9 * 40 - 2);
    });

    test('keeps everybody away from a host that one was told to leave alone, and from no other', async () => {
      const [one, two] = machines.map(({ redis }) => sharedPacer(redis, { rate: 3_600_000, leastGap: 1 }));
      const order: string[] = [];
      await one!.backOff('limited', 400);
      const began = await time();
      await one!.backOff('limited', 10);
      await Promise.all([
        two!.turn('limited', signal).then(() => order.push('turn')),
        two!.ready('limited', signal).then(() => order.push('ready')),
        two!.turn('free', signal).then(() => order.push('free')),
      ]);
      expect(order[0]).toBe('free');
      expect((await time()) - began).toBeGreaterThanOrEqual(350);
    });

    test('gives up waiting on abort, and the turn is not lost', async () => {
      const pacer = sharedPacer(machines[0]!.redis, { rate: 3_600_000, leastGap: 1 });
      await pacer.backOff('slow', 60_000);
      const stop = new AbortController();
      const waiting = expect(pacer.turn('slow', stop.signal)).rejects.toThrow();
      stop.abort();
      await waiting;
      expect(await server.client().hget('pyvenv-fix:pace:slow', 'next')).toBe(null);
    });

    test('lets in a wave’s keys once, up to its bound', async () => {
      const waves = machines.map(({ redis }) => sharedWave(redis, { run: 'r', bound: 3 }));
      const keys = ['a', 'b', 'a', 'c', 'd', 'b', 'e'];
      const answers = await Promise.all(keys.map((key, at) => waves[at % 2]!.admit(key)));
      const admitted = new Set(keys.filter((_, at) => answers[at]));
      expect(admitted.size).toBe(3);
      for (const key of admitted) expect(await waves[1]!.admit(key)).toBe(true);
      expect(await waves[0]!.admit('f')).toBe(false);
      expect(await sharedWave(machines[0]!.redis, { run: 'r', bound: undefined }).admit('f')).toBe(true);
    });
  });
});
