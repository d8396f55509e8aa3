// The search of the documentation: in the browser, over an index that stands beside the pages. Nothing that is searched for leaves the machine.
;(() => {
  const place = document.getElementById('found')
  const words = new URLSearchParams(location.search).get('q')?.trim() ?? ''
  if (!place || words === '') return
  for (const input of document.querySelectorAll('input[type=search]')) input.value = words

  const bare = (term) => term.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  const index = new globalThis.MiniSearch({
    fields: ['heading', 'page', 'text'],
    storeFields: ['at', 'page', 'heading', 'text'],
    processTerm: bare,
    searchOptions: {
      processTerm: bare,
      boost: { heading: 4, page: 2 },
      prefix: (term) => term.length > 2,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      combineWith: 'AND',
    },
  })
  index.addAll(globalThis.documentation)

  const MOST = 30
  const AROUND = 90
  const found = index.search(words).slice(0, MOST)
  const heading = document.createElement('h2')
  heading.className = 'govuk-heading-l'
  heading.textContent = found.length === 0 ? place.dataset.nothing : place.dataset.found
  const list = document.createElement('ol')
  list.className = 'govuk-list docs-found'
  for (const one of found) list.append(item(one))
  place.append(heading, list)

  function item({ at, page, heading: under, text, terms }) {
    const link = document.createElement('a')
    link.className = 'govuk-link'
    link.href = at
    link.textContent = under === page ? page : `${page} › ${under}`
    const said = document.createElement('p')
    said.className = 'govuk-body-s'
    said.textContent = excerpt(text, terms)
    const line = document.createElement('li')
    line.append(link, said)
    return line
  }

  /** What stands around the first word that was found. */
  function excerpt(text, terms) {
    const read = bare(text)
    const at = Math.min(...terms.map((term) => read.indexOf(term)).filter((place) => place >= 0), text.length)
    const start = at === text.length ? 0 : Math.max(0, at - AROUND)
    const end = start + AROUND * 2
    return `${start > 0 ? '… ' : ''}${text.slice(start, end)}${end < text.length ? ' …' : ''}`
  }
})()
