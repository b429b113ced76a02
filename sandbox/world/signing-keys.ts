import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'

/** An RSA key that signs tokens; `modulus` and `exponent` are the public part in base64url. */
export type SigningKey = { kid: string; privateKey: KeyObject; publicKey: KeyObject; modulus: string; exponent: string }

/** Creates the key that every sandbox begins with. */
export function createSigningKey(): SigningKey {
  return withId(createPrivateKey(PUBLISHED_KEY))
}

/** Creates another key each time, for rotation; its tokens do not survive a restart of the sandbox. */
export function generateSigningKey(): SigningKey {
  return withId(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
}

function withId(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey)
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  return { kid: createHash('sha1').update(n).digest('base64url'), privateKey, publicKey, modulus: n, exponent: e }
}

/**
 * The first key of every sandbox is published here, so that tokens survive a restart although nothing is kept on disk. It
 * protects nothing: the sandbox has no real data and only listens on loopback.
 */
const PUBLISHED_KEY = `-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDV8Sl6hHPWjZyh
PmLlZ19YH8yUzqpj2n7ip+w/2FCD93KTjwwx2Hi09SbP81MMK5LQHZyma5gZSqRu
ve3VTcCvjsz46y8UlGW+kdoIvWAfDRk7nrNUW/eu5BkBclQ/Pg5FlsUzMjxgMfJh
6IoGBBfdKh/PRnBCAaozn/wPJFPM/I17yMClFufIrzP0br8L9JHyjmZuCEC+/7tC
uaqpvc5b+2XXD265OIKPobTv8kPg/Ubim/uk/RmBtswUsO84remMI3OkPzfWvKg8
zfznHqLhGp8mmmAQfaElmFd8JqDfG+05x9kZN4siFMHNwFoBPg5ad4k8ECZft4kI
NljIe4N9AgMBAAECggEAbumvz0yLoVeZNB7btoJ4837I2PyraUkFLwxPdmn2k/Pc
+pLWh6DqMyZFENnc3Bpa6nnvlHeDStlflenxOvwsQNePfByxM8IbXUjP+Gf1RSPN
SRNldP6Y0Zp/PDjBZGgPjhQz9+67TkOWnRupMqU8mfQUuaiS2iVyz4DJdDApIcN5
lSdytVCzWEGlKG/4cnydzp028ZfxjDhLeOtSK3nOEhGEVmmhZcC7sQW2BsF5XVFp
oWyekGUIv0OF2N3Nx2emjAlglPh7C2lx+PuXEUaZfG77p3iUECU7Ee1GjedFmetT
IAyTkuFhyON/pH350bHUVGSg1rz0+aFofUkJb6wnAQKBgQDb3fsm15WD0ubwmI5/
XWsI0arfenNpL96GXuldW6Kp8CR9/ZBHLvKror5EykN+ZxYdl2YEYywjTchcupBs
rdooyTLtB0j7RVd/xarvJeeNtoscTgMfJ6Z7UfE1XguHLlv280MoDesnrxQEa44w
9kYwUz0GHaRLQ6jKXlHwMqWWtQKBgQD5GehODtIoZftl8VONuRulnZSzvzVWl+qY
4baKQUwTg6b/LXqikmTume+ANS2I5/MLQQl7G3PS6G5tNZI0Qy0ZpL2tQ4BkrwSc
1/Yld7GbUmaU8OlD25HN09TCjaLhQuqpNwd3mnswb+OPsWtBlBKlQojk7KX+/E2o
rAz8M0yuqQKBgQCqnHNybaHY3ERWeJtC3BPdkQ1eQx/hhMLRVD8UMbJk2jMHDUby
5cxrQWsR6D49jPLNXZlNWEN81bPfuOmvW6zJL290HM4WJXXDcXi2AJzRC9Cg0yx6
9YKreSeKeQLLED9Ovu/i2gIbFjGbSHbbKY/Hmh/lagT+Xm9RMaW1lSeHbQKBgQDe
GXRgDKTisjMZbLdDuJTm8H6CWWy0PZVFJJK96IRtLcf641DhnMdzWjsJw+BKngy8
rwtGAW8e0HCM3OPzxyVyJMmdr37NxqLFOWTVeUgZJboi+D3za9UvgLzFjsV4NVLG
9zKoOEu4Hzr1hooMGXsacB1gh4Nluw1+45BcWVz4qQKBgBwrP08N3OSKtQxY0NIl
8YIEJF/X6F9A9fUrcz51WkS0N0AK9WEjzQp5shiV2tpXuZxuaSqRgTeWhSP8XQkA
9N9p9S08GVDkEXebkpemlToXpLGZTLg+lNv+kum2ZsKN96fmwK0A9KvKbmNaqa9Q
VUTAoihUHaCKRAnx1LCi0GqV
-----END PRIVATE KEY-----`
