import { render } from 'preact'
import { App } from './shell/app.tsx'
// oxlint-disable-next-line import/no-unassigned-import -- Vite makes a style sheet of it
import './style.scss'

const place = document.querySelector('#desk')
if (place !== null) render(<App />, place)
