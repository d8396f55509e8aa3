import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { html } from '../../gateway/http/console/html.ts'

/** Markup of the console: no text becomes an element. */

test('text is text, in an element and in an attribute', () => {
  const hostile = `"><script>alert('1')</script>&amp;`
  expect(String(html`<p title="${hostile}">${hostile}</p>`)).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;</p>',
  )
})

test('whatever is put in, only what the template says is markup', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string()), (one, many) => {
      const made = String(html`<a href="${one}">${many}</a>`)
      expect(
        made
          .replaceAll(/&(?:amp|lt|gt|quot|#39);/g, '')
          .match(/[<>"'&]/g)
          ?.join(''),
      ).toBe('<""></>'.replace('</>', '<>'))
    }),
  )
})

test('markup in markup stays what it is; nothing is nothing', () => {
  expect(String(html`<ul>${['a', 'b<'].map((each) => html`<li>${each}</li>`)}${undefined}${false}${''}${7}</ul>`)).toBe(
    '<ul><li>a</li><li>b&lt;</li>7</ul>',
  )
})

describe('a piece without quotes around it, or for a name, is refused', () => {
  test.each([
    () => html`<a href=${'x'}>y</a>`,
    () => html`<a href= ${'x'}>y</a>`,
    () => html`<a ${'onclick=alert(1)'}>y</a>`,
    () => html`<a title="x" ${7}>y</a>`,
    () => html`<${'script'}>`,
    () => html`</${'script'}>`,
  ])('%s', (make) => expect(make).toThrow(TypeError))
})

test('nobody else makes markup: an object that looks like it is not', () => {
  const fake = { toString: () => '<script>' }
  // @ts-expect-error not a piece
  expect(() => html`<p>${fake}</p>`).toThrow(TypeError)
})
