import { CommandFault, exits } from './exit.ts'

/** The package that makes certificates and requests, loaded only where a command makes some: who has it not can do all the rest. */
export async function loadX509() {
  try {
    // oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 wants it loaded first
    await import('reflect-metadata')
    return await import('@peculiar/x509')
  } catch (cause) {
    throw new CommandFault(
      exits.configuration,
      {
        en: 'One more package is needed: npm install @peculiar/x509 reflect-metadata',
        fr: 'Un paquet de plus est nécessaire\u00a0: npm install @peculiar/x509 reflect-metadata',
      },
      { cause },
    )
  }
}
