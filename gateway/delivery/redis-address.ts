import { blame, type Config, ConfigurationFault, readSecret, settingName } from '../base/base.ts'

/** A password that stands in a URL can be seen in `docker inspect` and in /proc: this one comes from a file. */
const USER = /^([a-z+]+:\/\/)(?:([^/?#]*)@)?/

/**
 * Gives Redis's URL with the password of `PASSERELLE_REDIS_PASSWORD` in it.
 * @throws ConfigurationFault where the file cannot be used, or there is no URL, or one that has a password already
 */
export async function readRedisUrl({ redisUrl, redisPasswordFile: file }: Config): Promise<string | undefined> {
  if (file === undefined) return redisUrl
  return await blame(settingName('redisPasswordFile'), async () => {
    const password = (await readSecret(file)).trim()
    const [whole = '', scheme = '', user = ''] = USER.exec(redisUrl ?? '') ?? []
    if (redisUrl === undefined || user.includes(':'))
      throw new ConfigurationFault(`it goes with a ${settingName('redisUrl')} that has no password of its own`)
    if (password === '') throw new ConfigurationFault(`${file} is empty`)
    return `${scheme}${user}:${encodeURIComponent(password)}@${redisUrl.slice(whole.length)}`
  })
}
