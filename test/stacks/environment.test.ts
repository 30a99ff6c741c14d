import { describe, expect, it } from 'vitest';
import { SpecError } from '#core/errors.ts';
import { architectureOf, environmentOf } from '#lib/stacks/environment.ts';

describe('environmentOf', () => {
  it.each(['dev', 'staging', 'prod'])('%s keeps its data, runs at full pace and on Linux', (name) => {
    expect(environmentOf(name)).toMatchObject({ name, removal: 'retain', pace: 1, platform: 'linux-x64' });
  });

  it("local runs on this machine's platform and leaves nothing behind", () => {
    const local = environmentOf('local');
    expect(local).toMatchObject({ removal: 'destroy', platform: `${process.platform}-${process.arch}` });
    expect(architectureOf(local).name).toBe(process.arch === 'arm64' ? 'arm64' : 'x86_64');
  });

  it('refuses a name that is none, and says which there are', () => {
    for (const name of ['production', 'toString', '']) {
      expect(() => environmentOf(name)).toThrow(SpecError);
      expect(() => environmentOf(name)).toThrow(
        `environment: expected one of local, dev, staging, prod, got ${JSON.stringify(name)}`,
      );
    }
  });

  it('takes the people to notify as a list with commas', () => {
    expect(environmentOf('dev', 'ann@example.org,bob@example.org').notify).toEqual([
      'ann@example.org',
      'bob@example.org',
    ]);
    expect(environmentOf('dev').notify).toEqual([]);
  });

  it('refuses what is no e-mail address', () => {
    expect(() => environmentOf('dev', 'ann@example.org,bob')).toThrow(
      'notify: expected e-mail addresses, got "ann@example.org,bob"',
    );
  });

  it('takes webhooks as kind and name of the parameter with their URL', () => {
    expect(environmentOf('dev', '', 'slack:/leeboard/dev/slack,generic:/pager').webhooks).toEqual([
      { kind: 'slack', parameter: '/leeboard/dev/slack' },
      { kind: 'generic', parameter: '/pager' },
    ]);
    expect(environmentOf('dev').webhooks).toEqual([]);
  });

  it('takes another pace than its own', () => {
    expect(environmentOf('local', '', '', '1')).toEqual({ ...environmentOf('local'), pace: 1 });
  });

  it('refuses a pace that is none', () => {
    for (const pace of ['0.5', '4000', 'fast', ''])
      expect(() => environmentOf('local', '', '', pace)).toThrow('pace: expected a number from 1 to 3600');
  });
});
