export async function main(_words: readonly string[]): Promise<number> {
  process.stdout.write('passerelle\n')
  return 0
}
