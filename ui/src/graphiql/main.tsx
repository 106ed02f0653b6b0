import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import '@graphiql/react/style.css'
import '@graphiql/plugin-doc-explorer/style.css'
import 'graphiql/graphiql.css'
import 'graphiql/setup-workers/vite'
import '../theme/tokens.css'
import './graphiql.css'

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { examples } from './examples.ts'
import { fetcher } from './fetcher.ts'
import { Page } from './Page.tsx'
import { allowStyles } from './styles.ts'

allowStyles(document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '')

const place = document.querySelector('#graphiql')
if (!place) throw new Error('graphiql.html has no #graphiql')
const root = createRoot(place)
const defaultTabs = await examples()
root.render(
  <StrictMode>
    <Page defaultTabs={defaultTabs} fetcher={fetcher} />
  </StrictMode>,
)
