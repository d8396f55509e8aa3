/** A name or an address of a server, and its port where one was given. */
export type Host = { readonly host: string; readonly port: number | undefined }

/** A URL whose authority may name several hosts, in its parts; nothing in them is decoded but `hosts`. */
export type HostsUrl = {
  readonly scheme: string
  /** As it stands before the hosts, with its @. */
  readonly login: string
  readonly hosts: readonly Host[]
  /** From the first / or ? after the hosts on. */
  readonly rest: string
}

const FORM = /^([a-z+]+):\/\/([^/?#]*@)?([^/?#]*)(.*)$/s
const HOST = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]*))(?::([0-9]{1,5}))?$/

/**
 * Reads a URL that names one host or several, divided by commas, as libpq and the clients of Redis take it; `new URL` knows one.
 * @returns undefined where it is none
 */
export function readHosts(url: string): HostsUrl | undefined {
  const [, scheme, login = '', authority = '', rest = ''] = FORM.exec(url) ?? []
  if (scheme === undefined) return undefined
  const hosts = authority.split(',').map(readHost)
  return hosts.every((one) => one !== undefined) ? { scheme, login, hosts, rest } : undefined
}

function readHost(text: string): Host | undefined {
  const [, address, name, port] = HOST.exec(text) ?? []
  if (address === undefined && name === undefined) return undefined
  if (Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return undefined
  try {
    return { host: address ?? decodeURIComponent(name ?? ''), port: port === undefined ? undefined : Number(port) }
  } catch {
    return undefined
  }
}
