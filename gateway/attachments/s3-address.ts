import { blame, type Config, ConfigurationFault, readSecret, settingName } from '../base/base.ts'

/** Where an S3-compatible store is, and in which of its buckets, below which prefix, chunks lie. */
export type S3Address = {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  /** Empty, or ends with a slash. */
  readonly prefix: string
}

/** What requests are signed with (AWS Signature Version 4). */
export type S3Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string }

/** What stores that know no regions take, too. */
const REGION = 'us-east-1'

/** Takes `PASSERELLE_ATTACHMENTS_URL`, whose form has been judged, apart: `https://host/bucket/prefix?region=…`. */
export function readAddress(url: string): S3Address {
  const { origin, pathname, searchParams } = new URL(url)
  const [bucket = '', ...folders] = pathname.split('/').filter((part) => part !== '')
  return {
    endpoint: origin,
    region: searchParams.get('region') ?? REGION,
    bucket,
    prefix: folders.map((folder) => `${folder}/`).join(''),
  }
}

/**
 * Reads `PASSERELLE_ATTACHMENTS_CREDENTIALS`: the access key's id in the first line, its secret in the second.
 * @throws ConfigurationFault where the file cannot be used
 */
export async function readCredentials(config: Pick<Config, 'attachmentsCredentialsFile'>): Promise<S3Credentials> {
  const { attachmentsCredentialsFile: file } = config
  if (file === undefined)
    throw new ConfigurationFault(`${settingName('attachmentsUrl')} needs ${settingName('attachmentsCredentialsFile')}`)
  return await blame(settingName('attachmentsCredentialsFile'), async () => {
    const [accessKeyId = '', secretAccessKey = '', ...more] = (await readSecret(file)).trim().split(/\r?\n/)
    if (accessKeyId === '' || secretAccessKey === '' || more.length > 0)
      throw new ConfigurationFault(`${file} must have two lines: the access key's id, and its secret`)
    return { accessKeyId, secretAccessKey }
  })
}
