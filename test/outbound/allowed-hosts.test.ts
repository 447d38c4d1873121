import { describe, expect, it } from 'vitest';
import { AllowedHosts } from '../../src/outbound/allowed-hosts.js';

const reach = (list: string, url: string, others: 'none' | 'public' = 'none') =>
  new AllowedHosts(list, others).reachOf(new URL(url));

describe('A host', () => {
  it.each([
    ['*.aliyuncs.com', 'http://bucket.oss-cn-hangzhou.aliyuncs.com/a.wav', 'public'],
    ['*.aliyuncs.com', 'http://aliyuncs.com/a.wav', 'none'],
    ['*.aliyuncs.com', 'http://aliyuncs.com.evil.example/a.wav', 'none'],
    ['*.aliyuncs.com', 'http://evilaliyuncs.com/a.wav', 'none'],
    ['*.aliyuncs.com', 'http://user:aliyuncs.com@evil.example/', 'none'],
    ['store.example', 'http://STORE.example.:8080/a', 'any'],
    ['store.example', 'http://a.store.example/', 'none'],
    ['10.0.0.0/8', 'http://10.1.2.3/', 'any'],
    ['10.0.0.0/8', 'http://name-with-that-address.example/', 'none'],
    ['127.0.0.1', 'http://127.0.0.1:9000/', 'any'],
    ['127.0.0.1', 'http://127.0.0.2/', 'none'],
    ['::1', 'http://[::1]:9000/', 'any'],
    ['', 'http://store.example/', 'none'],
  ])('allowed by %p: %s reaches %s addresses', (list, url, expected) => {
    expect(reach(list, url)).toBe(expected);
  });

  it.each([
    ['http://203.0.113.7/', 'none'],
    ['http://8.8.8.8/', 'public'],
    ['http://store.example/', 'public'],
    ['http://127.0.0.1/', 'none'],
    ['http://127.1/', 'none'],
    ['http://2130706433/', 'none'],
    ['http://0x7f000001/', 'none'],
    ['http://0177.0.0.1/', 'none'],
    ['http://0/', 'none'],
    ['http://169.254.169.254/latest/meta-data', 'none'],
    ['http://100.100.100.200/latest/meta-data', 'none'],
    ['http://10.0.0.1/', 'none'],
    ['http://172.16.0.1/', 'none'],
    ['http://192.168.0.1/', 'none'],
    ['http://224.0.0.1/', 'none'],
    ['http://255.255.255.255/', 'none'],
    ['http://[::]/', 'none'],
    ['http://[::1]/', 'none'],
    ['http://[::ffff:127.0.0.1]/', 'none'],
    ['http://[::ffff:7f00:1]/', 'none'],
    ['http://[64:ff9b::7f00:1]/', 'none'],
    ['http://[2002:7f00:1::]/', 'none'],
    ['http://[fe80::1]/', 'none'],
    ['http://[fc00::1]/', 'none'],
    ['http://[2606:4700:4700::1111]/', 'public'],
  ])('that is not listed, where public ones are allowed: %s reaches %s addresses', (url, expected) => {
    expect(reach('', url, 'public')).toBe(expected);
  });

  it.each(['a b', 'http://a.example', '*', '*.*', '10.0.0.0/99', '*.10.0.0.0/8', 'a..b', '-a'])(
    'can not be listed as %p',
    (list) => {
      expect(() => new AllowedHosts(list, 'none')).toThrow(`has "${list}"`);
    },
  );
});
