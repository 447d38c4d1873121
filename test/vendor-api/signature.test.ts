import { describe, expect, it } from 'vitest';
import { signed } from '../../src/vendor-api/signature.js';

const NONCE = '3156853299f313e23d1673dc12e1703d';

/** Signatures that the vendor's own package `@alicloud/openapi-core` 1.0.8 made. The key is made up. */
function signatureOf(
  parameters: Readonly<Record<string, string>>,
  { securityToken, path = '' }: { securityToken?: string; path?: string } = {},
): string {
  const { headers } = signed(
    { action: 'QueryAiCallDetailPage', version: '2019-10-15', parameters },
    {
      endpoint: `https://aiccs.aliyuncs.com/${path}`,
      accessKeyId: 'made-up-id',
      accessKeySecret: 'made-up-secret',
      securityToken,
    },
    { at: new Date('2025-09-01T02:03:04.567Z'), nonce: NONCE },
  );
  return headers['authorization'] ?? '';
}

describe('A request to the vendor', () => {
  it("has the signature of the example in the vendor's guide", () => {
    const { url, headers } = signed(
      {
        action: 'RunInstances',
        version: '2014-05-26',
        parameters: {
          RegionId: 'cn-shanghai',
          ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
        },
      },
      {
        endpoint: 'https://ecs.cn-shanghai.aliyuncs.com/',
        accessKeyId: 'YourAccessKeyId',
        accessKeySecret: 'YourAccessKeySecret',
        securityToken: undefined,
      },
      { at: new Date('2023-10-26T10:22:32Z'), nonce: NONCE },
    );
    expect(headers['authorization']).toBe(
      'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    );
    expect(url).toBe(
      'https://ecs.cn-shanghai.aliyuncs.com/?ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai',
    );
  });

  it.each([
    [
      'plain parameters',
      { TaskId: '1181000000000000001', Status: '1', PageNo: '2', PageSize: '100' },
      {},
      '59e2dbd72819ad98445130be4ae2aeac25955bc356af5ea815f6d17e2cc4e753',
    ],
    [
      'parameters to escape, an empty one, and names in both cases',
      { TaskId: "任务 (1)!*'~+/=&%", Status: '0', TaskName: '', a: '1', B: '2' },
      {},
      'c9b21e77ae811d38eb999b1db462b08e68a267f69ea9eb80f9314003764b043c',
    ],
    [
      'no parameters, and a security token',
      {},
      { securityToken: 'made-up-token+/==' },
      '06c8b41f0e67ac96a1dca67bd1703622b4030ce451d31c7f1e69bfde4d23a530',
    ],
    [
      'a path',
      { TaskId: '1' },
      { path: 'gateway/' },
      'a1fbdbb7382b633ada324f701c59fdbd609bd3392044564e43eafbd94b2e999d',
    ],
  ])("has the signature of the vendor's package: %s", (_name, parameters, options, signature) => {
    const names = 'host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version';
    const withToken = names
      .replace('x-acs-action', 'x-acs-accesskey-id;x-acs-action')
      .replace('x-acs-signature', 'x-acs-security-token;x-acs-signature');
    const signedNames = 'securityToken' in options ? withToken : names;
    expect(signatureOf(parameters, options)).toBe(
      `ACS3-HMAC-SHA256 Credential=made-up-id,SignedHeaders=${signedNames},Signature=${signature}`,
    );
  });
});
